"""Group families (集团族谱): who controls what, layer by layer; computed, no lead of misconduct."""

import networkx as nx
import numpy as np
import polars as pl

from graph.analysis.kernels.factors import control_of
from graph.analysis.patterns.finding import Finding, Search
from graph.analysis.patterns.scene import Scene
from graph.policy.patterns import Rule

_NONE = np.zeros(0, np.int64)
Control = dict[int, dict[int, float]]


def group_family(scene: Scene, rule: Rule) -> Search:
    """Find every ultimate controller with all that it controls, by layer."""
    search = Search()
    held = scene.alive("HOLDS_SHARES").filter(pl.col("source") != pl.col("target"))
    holders = _heads(scene, held, search)
    search.searched = len(holders)
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
    rows = held.select("source").unique()
    kept = rows.join(stops, on="source", how="anti")
    search.skip("state_or_nominee", rows.height - kept.height)
    return sorted(kept["source"].to_list())


def _finding(
    scene: Scene, rule: Rule, head: int, family: dict[int, float], held: pl.DataFrame
) -> Finding:
    inside = {head, *family}
    links = held.filter(
        pl.col("source").is_in(list(inside)) & pl.col("target").is_in(list(family))
    ).sort("row")
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
