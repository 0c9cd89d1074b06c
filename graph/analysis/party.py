"""Everything the snapshot holds of one party on a day, with where each value comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.model import Link, Node, Record, Source
from graph.snapshot.reader import Snapshot


@dataclass(frozen=True, slots=True)
class Described:
    """One party: values, records, links, mentions, conflicts.

    `names` are the names of every uid at the other end of a link; `sources` lead each ledger record
    back to file and row, `link_sources` each link by its key.
    """

    node: Node
    as_of: date
    snapshot: str
    records: Sequence[Record]
    links: Sequence[Link]
    names: Mapping[str, str]
    mentions: Sequence[Mapping[str, Any]]
    conflicts: Sequence[Mapping[str, Any]]
    sources: Mapping[str, Sequence[Source]]
    link_sources: Mapping[str, Sequence[Source]]


def describe(snapshot: Snapshot, uid: str, as_of: date) -> Described:
    """Return what is known of a party; links of all times, records with their status on the day."""
    node = snapshot.node(uid)
    links = snapshot.links_of(uid)
    records = snapshot.records_of(uid, as_of)
    ends = {end for link in links for end in (link.source, link.target)}
    names = {}
    for end in sorted(ends):
        place = snapshot.find(end)
        names[end] = end if place is None else snapshot.name_at(place)
    wanted = [str(record.properties.get("record_id")) for record in records]
    wanted.append(str(node.properties.get("record_id")))
    mentions = snapshot.mentions_of(uid)
    wanted += [str(mention["record_id"]) for mention in mentions]
    return Described(
        node=node,
        as_of=as_of,
        snapshot=snapshot.id,
        records=records,
        links=links,
        names=names,
        mentions=mentions,
        conflicts=snapshot.conflicts_of(uid),
        sources=snapshot.sources(sorted(set(wanted))),
        link_sources=link_sources(snapshot, links),
    )


def link_sources(snapshot: Snapshot, links: Sequence[Link]) -> dict[str, list[Source]]:
    """Return by link key the files and rows a link stands on; a derived one on its engagements."""
    behind = {link.key: _records_behind(snapshot, link) for link in links}
    found = snapshot.sources(sorted({one for records in behind.values() for one in records}))
    return {
        key: [source for record in records for source in found.get(record, ())]
        for key, records in behind.items()
    }


def _records_behind(snapshot: Snapshot, link: Link) -> list[str]:
    if "record_id" in link.properties:
        return [str(link.properties["record_id"])]
    via = link.properties.get("via", ())
    engagements = snapshot.nodes([str(uid) for uid in via]) if isinstance(via, tuple) else []
    return [str(node.properties["record_id"]) for node in engagements]
