"""Whom a query is asked about: each under the uid of today, and who is nobody known said."""

from collections.abc import Mapping

from app.texts.read import spoken, text
from graph.errors import PartyError
from graph.identifiers.identity_card import masked_in
from graph.schema.catalog import SCHEMA
from graph.snapshot.reader import Snapshot
from queries.batch import SUBJECT, SUBJECTS
from queries.card import Query
from queries.run import Answer

# Of a list no more are named in a sentence.
_NAMED = 8
# Of a value no more than tells which one.
_LONGEST = 60


def asked_about(
    snapshot: Snapshot, params: Mapping[str, object]
) -> tuple[dict[str, object], list[PartyError]]:
    """Return the parameters, parties by their uids of today, and a word on whom nobody knows.

    A uid that was merged into another still finds its party, as everywhere; the store knows only
    the uids of today.
    """
    found, unknown = dict(params), []
    for name in (SUBJECT, SUBJECTS):
        given = found.get(name)
        if given is None:
            continue
        now = []
        for uid in given if isinstance(given, list) else [given]:
            place = snapshot.find(str(uid))
            if place is None:
                unknown.append(
                    PartyError("party", masked_in(str(uid)), f"is not in snapshot {snapshot.id}")
                )
            now.append(uid if place is None else snapshot.uid_at(place))
        found[name] = now if isinstance(given, list) else now[0]
    return found, unknown


def nothing_found(snapshot: Snapshot, query: Query, answer: Answer) -> str:
    """Return the sentence for an answer without a row: what was asked, of whom, on what."""
    asked = text("frame.comma").join(
        f"{name}={_told(snapshot, name, value)}" for name, value in answer.params.items()
    )
    named = {"title": query.title.to(spoken()), "id": query.id, "asked": asked or "—"}
    return text("query.nothing", **named, snapshot=answer.snapshot)


def _told(snapshot: Snapshot, name: str, value: object) -> str:
    uids = value if isinstance(value, list) else [value]
    if name not in (SUBJECT, SUBJECTS):
        said = " ".join(masked_in(",".join(map(str, uids))).split())
        return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
    more = f" … ({len(uids)})" if len(uids) > _NAMED else ""
    return ",".join(_party(snapshot, str(uid)) for uid in uids[:_NAMED]) + more


def _party(snapshot: Snapshot, uid: str) -> str:
    if snapshot.find(uid) is None:
        return masked_in(" ".join(uid.split()))[:_LONGEST]
    node = snapshot.node(uid)
    return f"{uid} {node.name} [{SCHEMA.node(node.label).title.to(spoken())}]"
