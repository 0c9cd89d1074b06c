"""How a party was put together, and why two are one party, may be one, or are two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from graph.model import Link, Node, Source
from graph.names.comparison import CODES_MARK, organisations_beside
from graph.names.features import LEVEL, NEITHER, OTHER, judged
from graph.names.key import comparable
from graph.names.latin import alike
from graph.names.organisations import ORGANISATION
from graph.names.segments import segments
from graph.snapshot.reader import Snapshot

# Identifiers of which two valid, different values say that two parties are two.
VETOES = ("uscc", "org_code", "registration_number", "certificate_number", "id_hash")
_NUMBERS = ("registration_number", "certificate_number", "licence_number")
# Parts of a name that are shown, and the feature that compares each.
_COMPARED = {
    "region": "region",
    "brand": "brand",
    "trade": "trade",
    "form": "form",
    "tail": "branch",
}
_TEXT_LIST = pl.List(pl.String)
_TYPES: Mapping[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(
        ("found_by", "region", "codes", "brand", "trade", "form_class", "tail"), pl.String
    ),
    "former": pl.Boolean,
    **dict.fromkeys(("numbers", "people", "established"), _TEXT_LIST),
    "capital": pl.List(pl.Float64),
}
# Never shown: a keyed hash of an identity number says only whether two are equal.
HIDDEN = "id_hash"
# Neighbours that are named; the page of a party lists all.
NAMED = 6
SAME, LEAD, DIFFERENT, APART = "same", "lead", "different", "apart"


@dataclass(frozen=True, slots=True)
class Step:
    """The mentions that one rule put into a party, by file and row."""

    rule: str
    names: Sequence[str]
    sources: Sequence[Source]


@dataclass(frozen=True, slots=True)
class Built:
    """A party and the steps in which it was put together; most mentions first."""

    uid: str
    name: str
    snapshot: str
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing compared: what, both values, and whether it speaks for one party.

    `speaks` is True for, False against, None where one side does not say it or it decides nothing.
    """

    what: str
    one: str
    other: str
    speaks: bool | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two parties side by side.

    `verdict` is same (one party; `built` says how), lead (possibly the same; `lead` is the link),
    different (a valid identifier of each vetoes) or apart (nothing that was compared joins them).
    """

    one: Node
    other: Node
    snapshot: str
    verdict: str
    evidence: Sequence[Evidence]
    lead: Link | None
    built: Built | None


def built(snapshot: Snapshot, uid: str) -> Built:
    """Return how a party was put together.

    Raises:
        SnapshotError: the snapshot knows no such uid.
    """
    node = snapshot.node(uid)
    by_rule: dict[str, list[Mapping[str, Any]]] = {}
    for mention in snapshot.mentions_of(node.uid):
        by_rule.setdefault(str(mention["rule"]), []).append(mention)
    steps = []
    for rule, mentions in sorted(by_rule.items(), key=lambda item: (-len(item[1]), item[0])):
        names = dict.fromkeys(str(one["name"]) for one in mentions if one.get("name"))
        sources = {
            Source(one["record_id"], one["resource"], one["batch"], one["file"], one["row"])
            for one in mentions
        }
        placed = sorted(sources, key=lambda source: (source.file, source.row))
        steps.append(Step(rule, tuple(names), tuple(placed)))
    return Built(node.uid, node.name, snapshot.id, tuple(steps))


def compare(snapshot: Snapshot, first: str, second: str) -> Comparison:
    """Return why two uids are one party or two; uids that were merged away are followed.

    Raises:
        SnapshotError: the snapshot knows no such uid.
    """
    one, other = snapshot.node(first), snapshot.node(second)
    if one.uid == other.uid:
        return Comparison(one, other, snapshot.id, SAME, (), None, built(snapshot, one.uid))
    evidence = [*_identifiers(one, other), *_names(one, other), *_neighbours(snapshot, one, other)]
    lead = next(
        (
            link
            for link in snapshot.links_of(one.uid)
            if link.type == "POSSIBLY_SAME" and other.uid in (link.source, link.target)
        ),
        None,
    )
    vetoed = any(item.speaks is False and item.what in VETOES for item in evidence)
    verdict = LEAD if lead else DIFFERENT if vetoed else APART
    return Comparison(one, other, snapshot.id, verdict, tuple(evidence), lead, None)


def _identifiers(one: Node, other: Node) -> list[Evidence]:
    found = []
    for name in VETOES:
        mine, its = one.properties.get(name), other.properties.get(name)
        if mine is None and its is None:
            continue
        speaks = None if mine is None or its is None else mine == its
        found.append(Evidence(name, _shown(name, mine), _shown(name, its), speaks))
    return found


def _shown(name: str, value: object) -> str:
    if value is None:
        return ""
    return "***" if name == HIDDEN else str(value)


def _names(one: Node, other: Node) -> list[Evidence]:
    mine, its = comparable(one.name), comparable(other.name)
    # A name alone never merges two people, nor do equal names alone merge two firms.
    same = mine == its or alike(one.name, other.name) == 1.0
    found = [Evidence("name", one.name, other.name, True if same else None)]
    former = {
        node.uid: {comparable(str(name)) for name in _many(node.properties.get("former_names"))}
        for node in (one, other)
    }
    if mine in former[other.uid] or its in former[one.uid]:
        found.append(Evidence("former_names", one.name, other.name, speaks=True))
    if "Person" in (one.label, other.label):
        return found
    parts = _parts(_side(one), _side(other))
    sides = [segments(mine), segments(its)]
    for what, feature in _COMPARED.items():
        left, right = (str(getattr(side, what)) for side in sides)
        if left or right:
            part = parts[feature]
            speaks = None if part == NEITHER else part > NEITHER
            found.append(Evidence(what, left, right, speaks))
    return found


def _side(node: Node) -> Mapping[str, Any]:
    """Return what features look at of one organisation (graph/names/comparison.py)."""
    name = segments(comparable(node.name))
    held = node.properties
    representative, day = held.get("representative_name"), held.get("established_on")
    capital = held.get("registered_capital")
    return {
        "found_by": name.name,
        "region": name.region,
        "codes": CODES_MARK.join(sorted(name.codes)) or None,
        "brand": name.brand,
        "trade": name.trade,
        "form_class": name.form_class,
        "tail": name.tail,
        "former": False,
        "numbers": [f"{kind}:{held[kind]}" for kind in _NUMBERS if held.get(kind) is not None],
        "people": [comparable(str(representative))] if representative else [],
        "established": [str(day)] if day else [],
        "capital": [float(capital)] if isinstance(capital, int | float) else [],
    }


def _parts(one: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, float]:
    """Return how much each feature speaks for one party, 0..1, as for a lead."""
    sides = {**one, **{name + OTHER: value for name, value in other.items()}}
    pair = pl.DataFrame([sides], schema={name: _TYPES[name.removesuffix(OTHER)] for name in sides})
    # How many bear a name or share a phone is asked of all parties, not of two.
    unknown = [pl.lit(None, pl.UInt32).alias(name) for name in ("brand_bearers", "contact_bearers")]
    levels = judged(organisations_beside(pair.with_columns(unknown)), ORGANISATION)
    return {
        feature.name: feature.levels[levels[feature.name + LEVEL][0]].part
        for feature in ORGANISATION
    }


def _many(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _neighbours(snapshot: Snapshot, one: Node, other: Node) -> list[Evidence]:
    around = [
        {
            end
            for link in snapshot.links_of(node.uid)
            if link.type != "POSSIBLY_SAME"
            for end in (link.source, link.target)
            if end != node.uid
        }
        for node in (one, other)
    ]
    shared = sorted(around[0] & around[1])
    names = _named(snapshot, shared)
    found = [Evidence("neighbours", names, names, speaks=True)] if shared else []
    own = [_named(snapshot, sorted(mine - set(shared))) for mine in around]
    if any(own):
        found.append(Evidence("around", own[0], own[1], speaks=None))
    if other.uid in around[0]:
        # Who holds or manages the other is another.
        found.append(Evidence("linked", one.name, other.name, speaks=False))
    return found


def _named(snapshot: Snapshot, uids: Sequence[str]) -> str:
    more = f" 等 {len(uids)} 个" if len(uids) > NAMED else ""
    return "、".join(node.name for node in snapshot.nodes(uids[:NAMED])) + more
