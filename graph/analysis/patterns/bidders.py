"""Bidders in one tender that belong together, or bid together more than chance has it."""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

import polars as pl

from graph.analysis.patterns.finding import Finding, Search
from graph.analysis.patterns.scene import Scene
from graph.analysis.patterns.shared import agents, held_values
from graph.analysis.patterns.tails import hypergeometric_tail
from graph.policy.patterns import Rule
from graph.snapshot import form

# 招标投标法实施条例 art. 34 names the first three; contacts and co-bidding are signs only.
LEGAL = ("same_person", "holding", "management")
PEOPLE = ("REPRESENTS", "HOLDS_POST", "HOLDS_SHARES")
# Days that stand for a beginning and an end that no source gives.
_EVER, _NEVER = -(2**31), 2**31


class Relation(NamedTuple):
    """Why two bidders belong together: kind, link rows, the node between them or -1.

    It holds from the latest beginning to the earliest end of its links.
    """

    kind: str
    rows: tuple[int, ...]
    between: int
    since: int
    until: int

    def holds(self, day: int) -> bool:
        """Return whether it held on the day on which the bids were opened."""
        return self.since <= day < self.until


Pair = tuple[int, int]
Ties = dict[Pair, set[Relation]]


class Seat(NamedTuple):
    """What a party is in a bidder: representative, in a post, or holder of so many ppm."""

    company: int
    row: int
    kind: str
    share: int
    since: int
    until: int

    @property
    def leads(self) -> bool:
        """Return whether this is a post or more than half of the shares."""
        return self.kind != "HOLDS_SHARES" or 2 * self.share > form.WHOLE_PPM


def _seats(scene: Scene, bidders: set[int], least: int) -> dict[int, list[Seat]]:
    """Return by party its seats in bidders, state organs and nominees left out."""
    stops = scene.nodes.filter("stop")["place"].implode()
    found: dict[int, list[Seat]] = {}
    for kind in PEOPLE:
        # What has ended by now may have held when the bids were opened.
        rows = scene.begun(kind).filter(
            pl.col("target").is_in(list(bidders)) & ~pl.col("source").is_in(stops)
        )
        if kind == "HOLDS_SHARES":
            rows = rows.filter((pl.col("share") == form.UNKNOWN) | (pl.col("share") >= least))
        rows = rows.filter(pl.col("source") != pl.col("target"))
        since, until = pl.col("since").fill_null(_EVER), pl.col("until").fill_null(_NEVER)
        rows = rows.select("source", "target", "row", "share", since, until)
        for source, company, row, *values in rows.iter_rows():
            found.setdefault(source, []).append(Seat(company, row, kind, *values))
    return found


def kind_of(one: Seat, two: Seat) -> str:
    """Return what it makes of two companies that a party has these seats in both."""
    if one.kind == two.kind == "REPRESENTS":
        return "same_person"
    return "management" if one.leads and two.leads else "common_party"


def _ties(scene: Scene, rule: Rule, bidders: set[int], search: Search) -> Ties:
    """Return relations through persons and holdings between any two bidders."""
    found: Ties = {}
    least = round(rule.real("least_share") * form.WHOLE_PPM)
    for party, seats in _seats(scene, bidders, least).items():
        if len(seats) > rule.whole("most_seats"):
            search.skip("seat_hubs", 1)
            continue
        if party in bidders:
            for seat in seats:
                relation = Relation("holding", (seat.row,), -1, seat.since, seat.until)
                found.setdefault(_pair(party, seat.company), set()).add(relation)
        for one, two in combinations(sorted(seats), 2):
            if one.company != two.company:
                since, until = max(one.since, two.since), min(one.until, two.until)
                relation = Relation(kind_of(one, two), (one.row, two.row), party, since, until)
                found.setdefault(_pair(one.company, two.company), set()).add(relation)
    return found


def _pair(one: int, two: int) -> Pair:
    return (one, two) if one < two else (two, one)


def _contacts(scene: Scene, bidders: set[int], cut: int, search: Search) -> Ties:
    """Return shared phones, e-mails and addresses of bidders; hubs are skipped and counted."""
    found: Ties = {}
    agency = list(agents(scene, search))
    for attribute in ("phone", "email", "address"):
        held = held_values(scene, attribute).filter(pl.col("organisation").is_in(list(bidders)))
        held = held.filter(~pl.col("value").is_in(agency))
        search.skip(f"{attribute}_hubs", held.filter(pl.col("degree") > cut)["value"].n_unique())
        usual = held.filter(pl.col("degree") <= cut)
        for (value,), said in usual.group_by("value", maintain_order=True):
            for one, two in combinations(sorted(said.select("organisation", "row").rows()), 2):
                relation = Relation(attribute, (one[1], two[1]), int(str(value)), _EVER, _NEVER)
                found.setdefault(_pair(one[0], two[0]), set()).add(relation)
    return found


class Together:
    """How often parties bid, alone and together."""

    def __init__(self, bids: pl.DataFrame) -> None:
        self.tenders = bids["target"].n_unique()
        self.alone: Counter[int] = Counter()
        self.both: Counter[Pair] = Counter()
        for (_,), said in bids.sort("target", "source").group_by("target", maintain_order=True):
            bidders = sorted(set(said["source"].to_list()))
            self.alone.update(bidders)
            self.both.update(combinations(bidders, 2))

    def p(self, pair: Pair) -> float:
        """Return the chance that two who bid so often meet so often."""
        one, two = pair
        return hypergeometric_tail(self.both[pair], self.tenders, self.alone[one], self.alone[two])


def bidder_list(scene: Scene, rule: Rule) -> Search:
    """Find tenders in which bidders belong together (围标串标 is for the law to say)."""
    search = Search()
    bids = scene.alive("BID_IN").unique(["source", "target"], keep="first", maintain_order=True)
    search.searched = bids["target"].n_unique()
    size = pl.len().over("target")
    large = bids.filter(size > rule.whole("most_bidders"))["target"].n_unique()
    search.skip("large_tenders", large)
    bids = bids.filter(size <= rule.whole("most_bidders"))
    bidders = set(bids["source"].to_list())
    known = _ties(scene, rule, bidders, search)
    for pair, shared in _contacts(scene, bidders, rule.whole("most_contact"), search).items():
        known.setdefault(pair, set()).update(shared)
    together = Together(bids)
    often = {
        pair: together.p(pair)
        for pair, count in together.both.items()
        if count >= rule.whole("least_together")
    }
    rows = {
        (source, target): row
        for row, source, target in bids.select("row", "source", "target").rows()
    }
    for (tender,), said in bids.sort("target").group_by("target", maintain_order=True):
        place = int(str(tender))
        pairs = list(combinations(sorted(set(said["source"].to_list())), 2))
        opened = said["since"].min()
        day = scene.day if opened is None else int(str(opened))
        held = {pair: {one for one in known.get(pair, ()) if one.holds(day)} for pair in pairs}
        tied = {
            pair: (held[pair], often.get(pair))
            for pair in pairs
            if held[pair] or often.get(pair, 1.0) <= rule.real("most_p")
        }
        search.skip("pairs_without_relation", len(pairs) - len(tied))
        if tied:
            search.findings.append(_finding(scene, rule, (place, len(pairs)), tied, rows))
    return search


def _finding(
    scene: Scene,
    rule: Rule,
    tender: tuple[int, int],
    tied: dict[Pair, tuple[set[Relation], float | None]],
    bids: dict[Pair, int],
) -> Finding:
    place, pairs = tender
    firms = sorted({one for pair in tied for one in pair})
    relations = [(pair, one) for pair, (said, _) in tied.items() for one in sorted(said)]
    chances = [p for _, p in tied.values() if p is not None]
    kinds = Counter(kind for pair, (said, _) in tied.items() for kind in {one.kind for one in said})
    return scene.finding(
        rule,
        [place],
        [
            (place, "tender"),
            *[(one, "bidder") for one in firms],
            *[(one, "between") for one in _between(one for _, one in relations)],
        ],
        population=pairs,
        count=len(tied),
        rows=[
            *[row for _, one in relations for row in one.rows],
            *[bids[one, place] for one in firms],
        ],
        p=min(chances, default=None),
        facts={
            "name": scene.name(place),
            "pairs": len(tied),
            "of": pairs,
            "legal": sum(any(one.kind in LEGAL for one in said) for said, _ in tied.values()),
        },
        lists={
            "relations": sorted(kinds.items()),
            "pairs": [
                (scene.name(one), scene.name(two), kind)
                for (one, two), (said, p) in sorted(tied.items())
                for kind in _kinds(said, p, rule.real("most_p"))
            ],
        },
    )


def _kinds(said: set[Relation], p: float | None, most: float) -> list[str]:
    often = ["co_bidding"] if p is not None and p <= most else []
    return [*sorted({one.kind for one in said}), *often]


def _between(relations: Iterable[Relation]) -> list[int]:
    return sorted({one.between for one in relations if one.between >= 0})
