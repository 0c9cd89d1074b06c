"""Group families (集团族谱): who controls what, layer by layer; computed, no lead of misconduct."""

import networkx as nx
import numpy as np
import polars as pl

from graph.analysis.kernels.factors import control_of
from graph.analysis.patterns.finding import Finding, Search
from graph.analysis.patterns.scene import Scene
from graph.policy.patterns import Rule
from graph.snapshot import form

_NONE = np.zeros(0, np.int64)
Control = dict[int, dict[int, float]]


def group_family(scene: Scene, rule: Rule) -> Search:
    """Find every ultimate controller with all that it controls, by layer."""
    search = Search()
    held = scene.alive("HOLDS_SHARES").sort("target", "row")
    holders = _heads(scene, held, search)
    most = rule.whole("holders")
    if len(holders) > most:
        search.capped["holders"] = len(holders) - most
    control = _control(scene, holders[:most])
    masters: dict[int, set[int]] = {}
    for holder, companies_of in control.items():
        for company in companies_of:
            masters.setdefault(company, set()).add(holder)
    for holder, family in control.items():
        # A controller that somebody controls who is outside its own ring is no head of a family.
        if masters.get(holder, set()) - set(family) - {holder}:
            continue
        if len(family) >= rule.whole("least_members"):
            search.findings.append(_finding(scene, rule, holder, family, held))
    return search


def _control(scene: Scene, holders: list[int]) -> Control:
    """Return by holder what it controls and with which part of the votes, 0..1."""
    control: Control = {}
    for holder in holders:
        companies, votes, base = control_of(scene.view.web, holder, scene.view.day, _NONE)
        if companies.size:
            shares = (votes / np.maximum(base, 1)).tolist()
            control[holder] = dict(zip(companies.tolist(), shares, strict=True))
    return control


def _heads(scene: Scene, held: pl.DataFrame, search: Search) -> list[int]:
    stops = scene.nodes.filter("stop").select(pl.col("place").alias("source"))
    rows = held.filter(pl.col("source") != pl.col("target"))
    every = rows.select("source").unique()
    kept = every.join(stops, on="source", how="anti")
    search.skip("state_or_nominee", every.height - kept.height)
    search.searched = kept.height
    # Whoever controls anything has more than half of some company's votes of its own: what a
    # company holds of itself has none.
    votes = np.maximum(np.asarray(scene.snapshot.arrays["link_votes"])[held["row"].to_numpy()], 0)
    counted = held.with_columns(pl.Series("votes", votes.astype(np.int64)))
    itself = counted.filter(pl.col("source") == pl.col("target")).group_by("target")
    own = itself.agg(pl.col("votes").sum().alias("own"))
    summed = counted.filter(pl.col("source") != pl.col("target"))
    summed = summed.group_by("source", "target").agg(pl.col("votes").sum())
    summed = summed.join(own, on="target", how="left").join(kept, on="source", how="semi")
    base = form.WHOLE_PPM - pl.col("own").fill_null(0)
    return sorted(summed.filter(2 * pl.col("votes") > base)["source"].unique().to_list())


def _inside(held: pl.DataFrame, members: set[int], companies: list[int]) -> pl.DataFrame:
    """Return the holdings of members in companies, by row; `held` is in order of its targets."""
    targets = held["target"].to_numpy()
    first = np.searchsorted(targets, companies, "left").tolist()
    last = np.searchsorted(targets, companies, "right").tolist()
    places = [place for one, two in zip(first, last, strict=True) for place in range(one, two)]
    own = pl.col("source") != pl.col("target")
    return held[places].filter(pl.col("source").is_in(list(members)) & own).sort("row")


def _finding(
    scene: Scene, rule: Rule, head: int, family: dict[int, float], held: pl.DataFrame
) -> Finding:
    links = _inside(held, {head, *family}, sorted(family))
    graph = nx.DiGraph(links.select("source", "target").rows())
    layers = nx.single_source_shortest_path_length(graph, head)
    listed = sorted(family, key=lambda one: (layers.get(one, 0), one))
    return scene.finding(
        rule,
        [head],
        [(head, "head"), *[(one, f"layer_{layers.get(one, 0)}") for one in listed]],
        population=scene.organisations,
        count=len(family),
        rows=links["row"].to_list(),
        facts={
            "name": scene.name(head),
            "members": len(family),
            "layers": max(layers.get(one, 0) for one in family),
        },
        lists={"members": [(layers.get(one, 0), scene.name(one), family[one]) for one in listed]},
    )
