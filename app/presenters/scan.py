"""The exposure of every party: how many at which level, and those on top, as lines, JSON, table."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

import numpy as np
import polars as pl

from app.presenters import figures
from app.presenters.groups import title_of
from app.texts.read import spoken, text
from graph.analysis.explain import NOTICE
from graph.analysis.scan_files import KeptScan
from graph.analysis.whole_graph import LEVELS, Count, Scan
from graph.schema.codes import LEVELS as LEVEL_TITLES
from graph.snapshot.reader import Snapshot


def scan_table(found: Scan, snapshot: Snapshot) -> pl.DataFrame:
    """Return uid, name, region, own, exposure, floor, cap, level of all exposed, highest first."""
    party = np.asarray(snapshot.arrays["node_party"], np.bool_)
    places = np.flatnonzero(party & (found.exposure > 0))
    nodes = snapshot.table("nodes").select("uid", "name", "region").collect()[places]
    return nodes.with_columns(
        own=pl.Series(found.own[places]),
        exposure=pl.Series(found.exposure[places]),
        floor=pl.Series(found.floor[places]),
        cap=pl.Series(found.cap[places]),
        level=pl.Series([LEVELS[code] for code in found.level[places]], dtype=pl.String),
        exposure_hops=pl.lit(found.hops),
    ).sort("exposure", "uid", descending=[True, False])


def annotations(found: Scan, snapshot: Snapshot) -> pl.DataFrame:
    """Return what a store shows at the node of each exposed party: computed properties by uid."""
    table = scan_table(found, snapshot)
    return table.select(
        "uid",
        "exposure",
        pl.col("floor").alias("exposure_floor"),
        pl.col("cap").alias("exposure_cap"),
        pl.col("level").alias("exposure_level"),
        pl.col("exposure_hops").cast(pl.Int64),
        pl.lit(found.policy).alias("policy"),
    )


def level_rows(counts: Mapping[str, int], language: str) -> list[dict[str, object]]:
    """Return how many parties are at each level, highest first."""
    return [
        {"等级": LEVEL_TITLES[level].to(language), "数量": counts[level]}
        for level in reversed(LEVELS)
    ]


def group_rows(
    groups: Mapping[str, Mapping[str, Count]], language: str
) -> dict[str, list[dict[str, object]]]:
    """Return by kind the counts of each group, those with the most at the higher levels first."""
    titles = {level: f"{LEVEL_TITLES[level].to(language)}" for level in reversed(LEVELS)}
    return {
        kind: [
            {"地区": title_of(kind, code, language), "主体数": count.parties}
            | {titles[level]: count.levels[level] for level in titles}
            | {"有传导": count.exposed}
            for code, count in sorted(counts.items(), key=lambda one: _heaviest(*one))
        ]
        for kind, counts in groups.items()
    }


def _heaviest(code: str, count: Count) -> tuple[object, ...]:
    return (*(-count.levels[level] for level in reversed(LEVELS[1:])), -count.parties, code)


def scan_to_json(
    kept: KeptScan, whole: Count, groups: Mapping[str, Mapping[str, Count]]
) -> dict[str, object]:
    """Return the counts as the command line answers them; `groups` by kind, then code."""
    found, question = kept.scan, kept.question
    return {
        "scan": kept.key,
        "snapshot": found.snapshot,
        "policy": found.policy,
        "hops": found.hops,
        "as_of": question.as_of,
        "known_at": question.known_at,
        "radius": found.radius,
        "radius_is_estimate": kept.reckoned_on,
        "all": _count(whole),
        **{
            f"by_{kind}": {
                code: {"title": title_of(kind, code)} | _count(count)
                for code, count in counts.items()
            }
            for kind, counts in groups.items()
        },
        "levels_by_their_upper_bound": len(found.unsettled),
        "levels_by_a_cut": len(found.settled),
        "notice": NOTICE.zh,
    }


def _count(count: Count) -> dict[str, object]:
    return asdict(count) | {"weak_share": count.weak_share}


def scan_lines(
    kept: KeptScan,
    whole: Count,
    groups: Mapping[str, Mapping[str, Count]],
    top: pl.DataFrame,
) -> Iterator[str]:
    """Yield the counts and the parties on top."""
    found, question = kept.scan, kept.question
    known = text("line.scan.known", day=question.known_at) if question.known_at else ""
    factor = text(
        "line.scan.about" if kept.reckoned_on else "line.scan.factor", radius=found.radius
    )
    yield text(
        "line.scan.asked",
        hops=found.hops,
        policy=found.policy,
        snapshot=found.snapshot,
        day=question.as_of,
        known=known,
        factor=factor,
        scan=kept.key,
    )
    yield _line(text("line.scan.all"), whole)
    for kind, counts in groups.items():
        # No resource states the size of an enterprise.
        by = text("line.scan.by_capital") if kind == "size" else ""
        yield text(f"line.scan.{kind}") + (by and text("line.in_brackets", words=by))
        for code, count in counts.items():
            yield _line(title_of(kind, code, spoken()), count)
    if len(found.settled):
        yield text("line.scan.cut", count=len(found.settled))
    if len(found.unsettled):
        yield text("line.scan.bound", count=len(found.unsettled))
    for row in top.iter_rows(named=True):
        yield text(
            "line.scan.party",
            **{name: row[name] for name in ("uid", "own", "exposure", "floor")},
            name=row["name"] or figures.MISSING,
            level=LEVEL_TITLES[row["level"]].to(spoken()),
        )
    yield NOTICE.to(spoken())


def _line(name: str, count: Count) -> str:
    levels = text("line.and").join(
        f"{LEVEL_TITLES[level].to(spoken())} {count.levels[level]:,}" for level in reversed(LEVELS)
    )
    return text(
        "line.scan.count",
        name=name,
        parties=count.parties,
        levels=levels,
        exposed=count.exposed,
        weak=count.weak_share,
    )
