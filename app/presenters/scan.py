"""The exposure of every party: how many at which level, and those on top, as lines, JSON, table."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

import numpy as np
import polars as pl

from app.presenters import figures
from app.presenters.groups import title_of
from graph.analysis.explain import NOTICE
from graph.analysis.scan_files import KeptScan
from graph.analysis.whole_graph import LEVELS, Count, Scan
from graph.schema.codes import LEVELS as LEVEL_TITLES
from graph.snapshot.reader import Snapshot

KINDS_SAID = {"province": "按省份", "region": "按地区", "industry": "按行业", "size": "按规模"}
# No resource states the size of an enterprise.
SIZE_NOTICE = "资料未载企业划型，规模按注册资本分档"


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
    known = f"，当时已知 {question.known_at}" if question.known_at else ""
    factor = f"放大系数 {found.radius:.3f}"
    if kept.reckoned_on:
        factor = f"放大系数约 {found.radius:.2f}（由上次扫描推得；已证明不高于策略上限）"
    yield (
        f"传导值，{found.hops} 跳，策略 {found.policy}，快照 {found.snapshot}，时点 "
        f"{question.as_of}{known}，{factor}，扫描 {kept.key}"
    )
    yield _line("全部主体", whole)
    for kind, counts in groups.items():
        yield f"{KINDS_SAID[kind]}" + (f"（{SIZE_NOTICE}）" if kind == "size" else "")
        for code, count in counts.items():
            yield _line(title_of(kind, code), count)
    if len(found.settled):
        yield f"{len(found.settled):,} 个主体的等级以最小割核定"
    if len(found.unsettled):
        yield f"{len(found.unsettled):,} 个主体的等级按上限计，最小割或使其降低"
    for row in top.iter_rows(named=True):
        yield (
            f"{row['name'] or figures.MISSING} {row['uid']}  自身 {row['own']:.3f}  传导值 "
            f"{row['exposure']:.3f}（下限 {row['floor']:.3f}） {LEVEL_TITLES[row['level']].zh}"
        )
    yield NOTICE.zh


def _line(name: str, count: Count) -> str:
    levels = "，".join(
        f"{LEVEL_TITLES[level].zh} {count.levels[level]:,}" for level in reversed(LEVELS)
    )
    return (
        f"{name}：{count.parties:,}；{levels}；有传导 {count.exposed:,}，"
        f"其中仅经弱关系 {count.weak_share:.1%}"
    )
