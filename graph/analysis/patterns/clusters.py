"""Clusters: an intermediary or professional whose clients hold more records than their peers."""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from graph.analysis.patterns.finding import Search
from graph.analysis.patterns.scene import Scene
from graph.analysis.patterns.tails import binomial_tail, wilson
from graph.policy.patterns import Rule
from graph.snapshot import form

# From the nearest peers to the farthest: city and division, city, division, all.
Group = tuple[str, ...]
Counts = dict[Group, tuple[int, int]]
_GROUPS: tuple[Group, ...] = (("city", "division"), ("city",), ("division",), ())
_CITY_DIGITS, _DIVISION_DIGITS = 4, 2


@dataclass(frozen=True, slots=True)
class Judged:
    """k of n clients hold records where `base` is usual: tail, lift, Wilson's interval, alert.

    Tail and lift are None where nobody else holds a record: there is no rate to compare with.
    """

    clients: int
    count: int
    base: float
    p: float | None
    lift: float | None
    interval: tuple[float, float]
    alert: bool


def judge(count: int, clients: int, base: float, *, times: float, least: int) -> Judged:
    """Return what `count` of `clients` amounts to against a base rate.

    >>> judge(150, 5000, .03, times=3, least=5).alert, judge(5, 16, .03, times=3, least=5).alert
    (False, True)
    """
    interval = wilson(count, clients)
    return Judged(
        clients=clients,
        count=count,
        base=base,
        p=binomial_tail(count, clients, base) if base > 0 else None,
        lift=count / (clients * base) if clients and base > 0 else None,
        interval=interval,
        alert=count >= least and interval[0] > times * base,
    )


def dishonest_cluster(scene: Scene, rule: Rule) -> Search:
    """Find intermediaries whose clients hold more records than their peers."""
    return _clusters(scene, rule, "SERVES", "intermediary")


def key_professional(scene: Scene, rule: Rule) -> Search:
    """Find professionals who signed for more clients with records than their peers."""
    return _clusters(scene, rule, form.SIGNS_FOR, "signer")


def _clusters(scene: Scene, rule: Rule, kind: str, role: str) -> Search:
    search = Search()
    # A client of the past was a client: what ended counts, what begins later does not.
    pairs = scene.begun(kind).filter(pl.col("source") != pl.col("target"))
    people = _population(scene, rule)
    rated = pairs.join(people, left_on="target", right_on="place", how="inner")
    search.skip("clients_not_rated", pairs["target"].n_unique() - rated["target"].n_unique())
    many = rated.group_by("source").agg(pl.col("target").unique()).sort("source")
    search.searched = many.height
    peers = Peers(people, rule.whole("least_peers"))
    for source, clients in many.iter_rows():
        _judge_one(scene, rule, search, peers, (source, sorted(clients)), (rated, role))
    return search


def _population(scene: Scene, rule: Rule) -> pl.DataFrame:
    """Return every organisation that may be a client: place, city, division, hit."""
    recent = scene.records.filter(
        (pl.col("strength") >= rule.real("least_strength"))
        & (pl.col("decided") > scene.day - rule.whole("within_days"))
    )
    hit = pl.col("place").is_in(recent["subject"].unique().to_list())
    return scene.nodes.filter(pl.col("organisation") & ~pl.col("stop")).select(
        "place",
        pl.col("region").fill_null("").str.slice(0, _CITY_DIGITS).alias("city"),
        pl.col("industry").fill_null("").str.slice(0, _DIVISION_DIGITS).alias("division"),
        hit.alias("hit"),
    )


class Peers:
    """Base rates by region and industry, own clients left out; wider groups where peers are few."""

    def __init__(self, people: pl.DataFrame, least: int) -> None:
        self._people = people.sort("place")
        self._places = self._people["place"].to_numpy()
        self._least = least
        self._counts = {group: self._count(people, group) for group in _GROUPS}

    @staticmethod
    def _count(people: pl.DataFrame, group: Group) -> Counts:
        parts = [pl.len(), pl.col("hit").sum()]
        if not group:
            return {(): people.select(parts[0].alias("n"), parts[1].alias("k")).row(0)}
        counted = people.group_by(group).agg(parts[0].alias("n"), parts[1].alias("k"))
        return {tuple(row[:-2]): (row[-2], row[-1]) for row in counted.iter_rows()}

    def base(self, clients: list[int]) -> tuple[float, pl.DataFrame]:
        """Return the clients' mean base rate, and the clients as rows of the population.

        All of them must be in the population.
        """
        own = self._people[np.searchsorted(self._places, np.array(clients))]
        left = {group: self._count(own, group) for group in _GROUPS}
        said = own.select("city", "division").iter_rows(named=True)
        total = math.fsum(self._rate(one, left) for one in said)
        return total / own.height, own

    def _rate(
        self,
        said: dict[str, str],
        own: dict[Group, Counts],
    ) -> float:
        rate = 0.0
        for group in _GROUPS:
            place = tuple(said[name] for name in group)
            every, hit = self._counts[group][place]
            mine, mine_hit = own[group].get(place, (0, 0))
            peers, peers_hit = every - mine, hit - mine_hit
            rate = peers_hit / peers if peers else 0.0
            # A group without any record gives no rate to divide by: the next wider one does.
            if peers >= self._least and peers_hit:
                return rate
        return rate


def _judge_one(
    scene: Scene,
    rule: Rule,
    search: Search,
    peers: Peers,
    hub: tuple[int, list[int]],
    said: tuple[pl.DataFrame, str],
) -> None:
    source, clients = hub
    rated, role = said
    if len(clients) < rule.whole("least_count"):
        search.skip("few_clients", 1)
        return
    base, own = peers.base(clients)
    hit = own.filter("hit")["place"].to_list()
    times, least = rule.real("times_base"), rule.whole("least_count")
    found = judge(len(hit), len(clients), base, times=times, least=least)
    if not found.alert:
        return
    of_hit = pl.col("target").is_in(hit)
    records = scene.records.filter(
        pl.col("subject").is_in(hit)
        & (pl.col("strength") >= rule.real("least_strength"))
        & (pl.col("decided") > scene.day - rule.whole("within_days"))
    )
    search.findings.append(
        scene.finding(
            rule,
            [source],
            [(source, role), *[(one, "client_with_record") for one in sorted(hit)]],
            population=len(clients),
            count=len(hit),
            rows=rated.filter((pl.col("source") == source) & of_hit)["row"].to_list(),
            records=records["record"].to_list(),
            p=found.p,
            lift=found.lift,
            interval=found.interval,
            facts={
                "name": scene.name(source),
                "base": base,
                "tested": search.searched,
                "days": rule.whole("within_days"),
                "degree": int(scene.nodes["degree"][source]),
            },
        )
    )
