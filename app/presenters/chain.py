"""A chain of links as people read it: every arrow as recorded, with share or post and source."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from app.presenters import figures
from app.presenters.party import source_text
from graph.analysis.answers import Contribution
from graph.analysis.explain import caption
from graph.analysis.party import link_sources
from graph.model import Link, Record
from graph.schema.codes import POSTS, RECORD_CLASSES, SEVERITIES, STATUSES
from graph.schema.words import Text
from graph.snapshot.reader import Snapshot

_REST = Text("其余较小路径合计", "All smaller paths together")
_COMPUTED = Text("按登记的持股计算", "computed from recorded shares")
_UNDATED = Text("未载明日期", "undated")


class Names(Protocol):
    """Whoever knows parties' names and links: the snapshot."""

    def find(self, uid: str) -> int | None:
        """Return a party's place."""

    def name_at(self, place: int) -> str:
        """Return the name at a place."""

    def link(self, key: str) -> Link:
        """Return a link by its key."""


def name_of(names: Names, uid: str) -> str:
    """Return a party's name, or its uid where it has none."""
    place = names.find(uid)
    return uid if place is None else names.name_at(place)


def link_words(link: Link, language: str = "zh") -> str:
    """Return what a link is called in a chain: its post or caption, and its share.

    >>> link_words(Link("k", "HOLDS_SHARES", "a", "b", properties={"share": 0.4}))
    '持股 40.00%'
    """
    post = POSTS.get(str(link.properties.get("post")))
    words = post.to(language) if post else caption(link.type).to(language)
    share = link.properties.get("share")
    return words if share is None else f"{words} {figures.percent(float(str(share)))}"


def chain_text(
    uids: Sequence[str], links: Sequence[Link], names: Names, language: str = "zh"
) -> str:
    """Return a chain with each arrow in the direction of its link, whichever way it is walked.

    Whoever holds shares stands at the blunt end, even where dishonesty passes the other way.
    """
    words = [name_of(names, uids[0])]
    for link, before, uid in zip(links, uids, uids[1:], strict=False):
        said = link_words(link, language)
        words += [f"—{said}→" if link.source == before else f"←{said}—", name_of(names, uid)]
    return " ".join(words)


def path_text(part: Contribution, names: Names, language: str = "zh") -> str:
    """Return the path of a contribution, from the record's subject to the party."""
    if not part.path:
        return _REST.to(language)
    return chain_text(part.path, [names.link(key) for key in part.links], names, language)


def record_words(record: Record, language: str = "zh") -> str:
    """Return a record in a few words: class, number, severity, date, status."""
    severity = SEVERITIES[record.severity].to(language) if record.severity else ""
    decided = record.decided_on.isoformat() if record.decided_on else _UNDATED.to(language)
    parts = (
        RECORD_CLASSES[record.record_class].to(language),
        str(record.properties.get("case_number") or ""),
        severity,
        decided,
        STATUSES[record.status].to(language),
    )
    return " ".join(part for part in parts if part)


def records_behind(
    snapshot: Snapshot, parts: Sequence[Contribution], as_of: date
) -> dict[str, Record]:
    """Return the records that contribute, by uid, with their status on the day."""
    subjects = dict.fromkeys(part.path[0] for part in parts if part.path)
    return {one.uid: one for uid in subjects for one in snapshot.records_of(uid, as_of)}


def record_source(snapshot: Snapshot, record: Record, language: str = "zh") -> str:
    """Return the file and row of a record."""
    said = str(record.properties.get("record_id"))
    return source_text(snapshot.sources([said]).get(said, ()), language)


def link_source(snapshot: Snapshot, link: Link, language: str = "zh") -> str:
    """Return the file and row of a link; of computed control, the shares that it rests on."""
    if link.kind != "computed":
        return source_text(link_sources(snapshot, [link])[link.key], language)
    shares = [
        one
        for one in snapshot.links_of(link.target)
        if one.type == "HOLDS_SHARES" and one.target == link.target
    ]
    found = link_sources(snapshot, shares)
    said = dict.fromkeys(source_text(sources, language) for sources in found.values())
    if language == "en":
        return f"{_COMPUTED.en} ({', '.join(said)})"
    return f"{_COMPUTED.zh}（{'、'.join(said)}）"


def factors_text(part: Contribution) -> str:
    """Return the factors of a path's steps as a product."""
    return " × ".join(f"{factor:g}" for factor in part.factors) or figures.MISSING
