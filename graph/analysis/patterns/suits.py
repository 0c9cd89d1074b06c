"""Both sides of a suit that belong together (两造关联): whether it is a sham, the court finds."""

import math
from collections import Counter
from itertools import pairwise

import networkx as nx
import polars as pl

from graph.analysis.patterns.finding import Finding, Search
from graph.analysis.patterns.scene import Scene, day_text
from graph.analysis.patterns.tails import binomial_tail
from graph.analysis.patterns.ties import inside, kept_ties, verified
from graph.policy.patterns import Rule

SIDES = {"PLAINTIFF_IN": "plaintiff", "DEFENDANT_IN": "defendant"}
_PAIR = ["one", "two"]


def opposing_parties(scene: Scene, rule: Rule) -> Search:
    """Find suits in which a plaintiff and a defendant belonged together on the day of filing."""
    search = Search()
    opposed = _opposed(scene, rule, search)
    search.searched = opposed["suit"].n_unique()
    parties = pl.concat([opposed["plaintiff"], opposed["defendant"]]).unique().to_list()
    ties = kept_ties(scene, rule, parties, search)
    linked = _linked(scene, opposed, ties)
    told = Null(opposed, ties, linked)
    search.skip("pairs_without_relation", told.pairs - told.linked)
    sizes = Counter(opposed["suit"].to_list())
    for (suit,), said in linked.group_by("suit", maintain_order=True):
        place = int(str(suit))
        search.findings.append(_finding(scene, rule, (place, sizes[place]), said, told))
    return search


def _opposed(scene: Scene, rule: Rule, search: Search) -> pl.DataFrame:
    """Return each plaintiff beside each defendant of its suit, with both rows and the day.

    Columns: suit, plaintiff, row, defendant, row_other, day, and the pair in order (one, two).
    """
    sides = {}
    for kind, side in SIDES.items():
        said = scene.begun(kind).unique(["source", "target"], keep="first", maintain_order=True)
        suit, party = pl.col("target").alias("suit"), pl.col("source").alias(side)
        sides[side] = said.select(suit, party, "row", "since")
    both = pl.concat([one.rename({side: "party"}) for side, one in sides.items()])
    busy = both.group_by("party").agg(pl.col("suit").n_unique().alias("suits"))
    busy = busy.filter(pl.col("suits") > rule.whole("most_suits")).select("party")
    search.skip("litigant_hubs", busy.height)
    crowded = both.group_by("suit").agg(pl.col("party").n_unique().alias("parties"))
    crowded = crowded.filter(pl.col("parties") > rule.whole("most_parties")).select("suit")
    search.skip("large_suits", crowded.height)
    suing, sued = sides.values()
    pairs = suing.join(crowded, on="suit", how="anti").join(sued, on="suit", suffix="_other")
    for side in sides:
        pairs = pairs.join(busy, left_on=side, right_on="party", how="anti")
    itself = pairs.filter(pl.col("plaintiff") == pl.col("defendant"))
    search.skip("same_on_both_sides", itself.height)
    pairs = pairs.filter(pl.col("plaintiff") != pl.col("defendant"))
    filed = pl.min_horizontal("since", "since_other").fill_null(scene.day)
    return pairs.with_columns(
        filed.alias("day"),
        pl.min_horizontal("plaintiff", "defendant").alias("one"),
        pl.max_horizontal("plaintiff", "defendant").alias("two"),
    ).sort("suit", "plaintiff", "defendant")


def _linked(scene: Scene, opposed: pl.DataFrame, ties: pl.DataFrame) -> pl.DataFrame:
    """Return the opposed pairs with every tie that held on the day of filing, a row each."""
    met = opposed.join(ties, on=_PAIR, maintain_order="left")
    since, until, day = pl.col("since_tie"), pl.col("until_tie"), pl.col("day")
    held = (since.is_null() | (since <= day)) & (until.is_null() | (until > day))
    return verified(scene, met.filter(held))


class Null:
    """How many pairs oppose each other, are linked, and would be if chance had paired them.

    Chance: each plaintiff's place meets a defendant's place at random. A tie of whatever day
    counts, so the figure is rather too high.
    """

    def __init__(self, opposed: pl.DataFrame, ties: pl.DataFrame, linked: pl.DataFrame) -> None:
        self.pairs = opposed.height
        self.linked = linked.select("suit", "plaintiff", "defendant").n_unique()
        suing = opposed.group_by("plaintiff").len("suing")
        sued = opposed.group_by("defendant").len("sued")
        known = ties.select(_PAIR).unique()
        ways = pl.concat(
            [
                known.select(pl.col(mine).alias("plaintiff"), pl.col(other).alias("defendant"))
                for mine, other in (_PAIR, _PAIR[::-1])
            ]
        )
        chances = ways.join(suing, on="plaintiff").join(sued, on="defendant")
        met = chances.group_by("plaintiff", "suing").agg(pl.col("sued").sum()).sort("plaintiff")
        self._sued = dict(met.select("plaintiff", "sued").iter_rows())
        total = sum(one * two for one, two in met.select("suing", "sued").iter_rows())
        self.expected = total / self.pairs if self.pairs else 0.0

    @property
    def lift(self) -> float | None:
        """Return the linked pairs over those that chance would have; None where it has none."""
        return self.linked / self.expected if self.expected else None

    @property
    def tail(self) -> float:
        """Return the chance of so many linked pairs in all."""
        return binomial_tail(self.linked, self.pairs, min(1.0, self.expected / self.pairs))

    def of(self, plaintiffs: list[int]) -> float:
        """Return the chance that one of these meets, in its pair each, somebody it belongs to."""
        rates = [min(1.0, self._sued.get(one, 0) / self.pairs) for one in plaintiffs]
        return 1.0 - float(math.prod(1.0 - rate for rate in rates))


def _finding(
    scene: Scene, rule: Rule, suit: tuple[int, int], said: pl.DataFrame, told: Null
) -> Finding:
    place, pairs = suit
    met = said.select("plaintiff", "defendant").unique().sort("plaintiff", "defendant")
    between = said.filter(pl.col("between") >= 0)["between"].unique().sort().to_list()
    ties = said.select("plaintiff", "defendant", "kind").unique()
    ties = ties.sort("plaintiff", "defendant", "kind")
    kinds = Counter(ties["kind"].to_list())
    node = scene.snapshot.node(scene.uid(place)).properties
    day = int(said["day"].min())  # type: ignore[arg-type]  # days are whole numbers
    return scene.finding(
        rule,
        [place],
        [
            (place, "suit"),
            *[(one, "plaintiff") for one in met["plaintiff"].unique().sort().to_list()],
            *[(one, "defendant") for one in met["defendant"].unique().sort().to_list()],
            *[(one, "between") for one in between],
        ],
        population=told.pairs,
        count=met.height,
        rows=[*_rows(scene, said), *said["row"].to_list(), *said["row_other"].to_list()],
        p=told.of(met["plaintiff"].to_list()),
        lift=told.lift,
        facts={
            "name": scene.name(place),
            **{name: str(node[name]) if name in node else None for name in ("court", "cause")},
            "filed": day_text(day),
            "linked": met.height,
            "of": pairs,
            "all": told.linked,
            "expected": f"{told.expected:.3g}",
            "tail": f"{told.tail:.2e}",
        },
        lists={
            "relations": sorted(kinds.items()),
            "pairs": [
                (scene.name(one), scene.name(two), kind) for one, two, kind in ties.iter_rows()
            ],
        },
    )


def _rows(scene: Scene, said: pl.DataFrame) -> list[int]:
    """Return the rows that say the ties; of a computed control the holdings on the way."""
    named = pl.concat([said["tie_row"], said["tie_row_other"]])
    rows = named.filter(named >= 0).to_list()
    computed = said.filter(pl.col("kind").is_in(["control", "same_controller"]))
    for one, two, between, day in computed.select(*_PAIR, "between", "day").iter_rows():
        ends = [one, two]
        # A controller that is itself a party of the suit stands between nobody.
        tops = ends if between < 0 else [between]
        for top in tops:
            rows += _chain(scene, top, [end for end in ends if end != top], day)
    return rows


def _chain(scene: Scene, top: int, companies: list[int], day: int) -> list[int]:
    held = inside(scene, top, day)
    graph = nx.DiGraph()
    for row, source, target in held.select("row", "source", "target").iter_rows():
        rows = graph.get_edge_data(source, target, {"rows": []})["rows"]
        graph.add_edge(source, target, rows=[*rows, row])
    found = []
    for company in companies:
        if company in graph and nx.has_path(graph, top, company):
            way = nx.shortest_path(graph, top, company)
            found += [row for one, two in pairwise(way) for row in graph.edges[one, two]["rows"]]
    return found
