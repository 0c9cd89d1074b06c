"""A row that does not belong to its party: named by file and row, judged, and never by a code."""

from collections.abc import Mapping
from typing import Any

from app.desk.review import Asked
from app.desk.verdicts import Entry
from graph.errors import DeskError
from graph.model import Node
from graph.snapshot.reader import Snapshot
from loaders.resolve.judgements import DIFFERENT

# Rules that go by valid identifiers: there the row itself would have to be corrected.
_BY_CODE = frozenset({"credit_code", "organisation_code", "identity_number"})
_FORM = "FILE:ROW, as how prints it"


def mention_at(snapshot: Snapshot, party: Node, place: str, role: str | None) -> Mapping[str, Any]:
    """Return the one mention of a party that stands at a place, "file:row".

    Raises:
        DeskError: there is none, or several in different roles.
    """
    file, _, row = place.rpartition(":")
    if not file or not row.isdecimal():
        raise DeskError("row", place, f"must be {_FORM}")
    found = [
        one
        for one in snapshot.mentions_of(party.uid)
        if one["file"] == file and one["row"] == int(row) and role in (None, one["role"])
    ]
    if not found:
        raise DeskError("row", place, f"names nothing of {party.name} {party.uid}")
    if len(found) > 1:
        roles = ", ".join(sorted(str(one["role"]) for one in found))
        raise DeskError("row", place, f"names it several times: --role must be one of {roles}")
    return found[0]


def detachment(snapshot: Snapshot, asked: Asked, made_at: str) -> Entry:
    """Return the judgement that a mention, `asked.other` its own uid, is not of its party.

    Raises:
        DeskError: it is of another party, a code put it there, or it is what the party is known by.
    """
    party = snapshot.node(asked.one)
    every = snapshot.mentions_of(party.uid)
    row = next((one for one in every if one["own_uid"] == asked.other), None)
    if row is None:
        raise DeskError("row", asked.other, f"is no row of {party.name} {party.uid}")
    coded = sorted(str(one["own_uid"]) for one in every if one["rule"] in _BY_CODE)
    place = f"{row['file']}:{row['row']}"
    if str(row["own_uid"]) in coded:
        rule = f"is of {party.name} by its code: it must be corrected at its source"
        raise DeskError("row", place, rule)
    if row["own_uid"] == party.uid and not coded:
        rule = f"is what {party.name} is known by: detach the rows that are not of it"
        raise DeskError("row", place, rule)
    return Entry(
        id=0,
        one=coded[0] if row["own_uid"] == party.uid else party.uid,
        one_name=party.name,
        other=str(row["own_uid"]),
        other_name=f"{row['name'] or ''} {place}".strip(),
        decision=DIFFERENT,
        author=asked.author,
        reason=asked.reason,
        snapshot=snapshot.id,
        made_at=made_at,
    )
