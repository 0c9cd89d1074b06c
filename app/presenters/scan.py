"""The exposure of every party: how many at which level, and those on top, as lines, JSON, table."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.presenters import figures
from graph.analysis.explain import NOTICE
from graph.analysis.whole_graph import LEVELS, Count, Scan
from graph.schema.codes import LEVELS as LEVEL_TITLES
from graph.snapshot.reader import Snapshot

# Characters of a region's code that name the city (GB/T 2260).
_CITY = 4
_WITHOUT = "未注明地区"


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


def cities(snapshot: Snapshot) -> NDArray[np.str_]:
    """Return the city of every party (n,) by its region's code; "" for what is no party."""
    region = snapshot.table("nodes").select("region").collect()["region"]
    named = region.str.slice(0, _CITY).fill_null(_WITHOUT).to_numpy().astype(np.str_)
    party = np.asarray(snapshot.arrays["node_party"], np.bool_)
    return np.where(party, named, "")


def scan_to_json(found: Scan, whole: Count, by_city: Mapping[str, Count]) -> dict[str, object]:
    """Return the counts as the command line answers them."""
    return {
        "snapshot": found.snapshot,
        "policy": found.policy,
        "hops": found.hops,
        "radius": found.radius,
        "all": _count(whole),
        "by_city": {city: _count(count) for city, count in by_city.items()},
        "levels_by_their_upper_bound": len(found.unsettled),
        "notice": NOTICE.zh,
    }


def _count(count: Count) -> dict[str, object]:
    return asdict(count) | {"weak_share": count.weak_share}


def scan_lines(
    found: Scan, whole: Count, by_city: Mapping[str, Count], top: pl.DataFrame
) -> Iterator[str]:
    """Yield the counts and the parties on top."""
    yield (
        f"传导值，{found.hops} 跳，策略 {found.policy}，快照 {found.snapshot}，"
        f"放大系数 {found.radius:.3f}"
    )
    yield _line("全部主体", whole)
    for city, count in by_city.items():
        yield _line(city, count)
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
