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
    back to file and row.
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
    wanted = [str(link.properties["record_id"]) for link in links if "record_id" in link.properties]
    wanted += [str(record.properties.get("record_id")) for record in records]
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
    )
