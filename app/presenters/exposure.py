"""Exposure as JSON, as lines of text, and as rows of a table: one place for all of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.presenters import figures
from app.presenters.chain import Names, factors_text, name_of, path_text
from app.texts.read import spoken, text
from graph.analysis.answers import Contribution, Exposure
from graph.analysis.explain import NOTICE, sentence
from graph.schema.codes import LEVELS


def exposure_to_json(found: Exposure) -> dict[str, Any]:
    """Return an exposure as the command line answers it."""
    return {
        "uid": found.uid,
        "name": found.name,
        "own": found.own,
        "exposure": found.exposure,
        "floor": found.floor,
        "cut": found.cut,
        "cap": found.cap,
        "level": found.level,
        "hops": found.hops,
        "policy": found.policy,
        "snapshot": found.snapshot,
        "as_of": found.as_of.isoformat(),
        "floor_path": list(found.floor_path),
        "contributions": [
            {
                "record": part.record,
                "path": list(part.path),
                "links": list(part.links),
                "share": part.share,
            }
            for part in found.contributions
        ],
        "by_record": dict(found.by_record),
        "by_link_type": dict(found.by_link_type),
        "counterfactual": dict(found.counterfactual),
        "cut_links": list(found.cut_links),
        "warnings": [warning.zh for warning in found.warnings],
        "capped": found.capped,
        "notice": NOTICE.zh,
    }


def bounds_line(found: Exposure, language: str = "zh") -> str:
    """Return what was searched, in one line."""
    if language == "en":
        cut = "cut off" if found.capped else "no limit was hit"
        state = f"snapshot {found.snapshot}, policy {found.policy}"
        return f"within {found.hops} hops, as of {found.as_of}, {state}, {cut}"
    cut = "已截断" if found.capped else "未触及上限"
    state = f"快照 {found.snapshot}，策略 {found.policy}"
    return f"{found.hops} 跳以内，截至 {found.as_of}，{state}，{cut}"


def exposure_lines(found: Exposure, names: Names) -> Iterator[str]:
    """Yield an exposure as a person reads it on a terminal."""
    language = spoken()
    yield text(
        "line.exposure.figures",
        name=found.name,
        own=figures.exposure(found.own),
        exposure=figures.exposure(found.exposure),
        floor=figures.exposure(found.floor),
        cap=figures.exposure(found.cap),
        level=LEVELS[found.level].to(language),
    )
    yield bounds_line(found, language)
    if not found.contributions:
        yield text("line.exposure.none")
    for part in found.contributions:
        yield sentence(part, lambda uid: name_of(names, uid), language)
    yield NOTICE.to(language)


def whatif_lines(before: Exposure, after: Exposure) -> Iterator[str]:
    """Yield what an assumption changes; nothing of it is stored."""
    yield text("line.exposure.supposed", name=before.name)
    for field in ("exposure", "floor", "cap"):
        old, new = getattr(before, field), getattr(after, field)
        title = text(f"line.exposure.{field}")
        yield f"{title}: {figures.exposure(old)} → {figures.exposure(new)}"
    levels = (LEVELS[one.level].to(spoken()) for one in (before, after))
    yield f"{text('line.exposure.level')}: {' → '.join(levels)}"


def contribution_rows(
    found: Exposure, names: Names, language: str = "zh", least: float = 0.0
) -> list[Mapping[str, str]]:
    """Return the contributions as rows; the shown shares add up to the shown exposure.

    Paths that contribute less than `least` stand together in one last row.
    """
    parts = list(found.contributions)
    small = [part for part in parts if part.share < least or not part.path]
    if least and len(small) > 1:
        parts = [part for part in parts if part not in small]
        parts.append(Contribution("", (), (), (), (), 0.0, sum(part.share for part in small)))
    shares = figures.shown_parts([part.share for part in parts], found.exposure)
    return [
        {
            "路径": path_text(part, names, language),
            "系数": factors_text(part),
            "记录强度": f"{part.strength:g}" if part.path else figures.MISSING,
            "贡献": share,
        }
        for part, share in zip(parts, shares, strict=True)
    ]
