"""Paths as JSON and as sentences; what was searched always stands with them."""

from collections.abc import Iterator
from typing import Any

from app.presenters.chain import Names, chain_text
from graph.analysis.explain import caption
from graph.analysis.paths import PathAnswer
from graph.model import Path


def path_to_json(found: PathAnswer) -> dict[str, Any]:
    """Return paths as the command line answers them."""
    bounds = found.bounds
    return {
        "found": bool(found.paths),
        "paths": [
            {
                "nodes": list(path.nodes),
                "links": [
                    {"key": link.key, "type": link.type, "p": factor}
                    for link, factor in zip(path.links, path.factors, strict=True)
                ],
                "strength": path.strength,
            }
            for path in found.paths
        ],
        "bounds": {
            "hops": bounds.hops,
            "types": list(bounds.types),
            "as_of": bounds.as_of.isoformat(),
            "snapshot": bounds.snapshot,
            "capped": bounds.capped,
            "timed_out": bounds.timed_out,
            "left_out": bounds.left_out,
        },
    }


def path_sentence(path: Path, names: Names) -> str:
    """Return one path as a sentence."""
    return chain_text(path.nodes, path.links, names)


def none_found(found: PathAnswer) -> str:
    """Return why no path is shown: none there, or stopped looking."""
    bounds = found.bounds
    kinds = "、".join(caption(kind).zh for kind in bounds.types)
    range_ = f"{kinds}，{bounds.hops} 跳以内，截至 {bounds.as_of}，快照 {bounds.snapshot}"
    if bounds.timed_out:
        return f"超时：{range_}，未检索完"
    if bounds.capped:
        return f"已截断：{range_}，另有 {bounds.left_out} 条关系未检索"
    return f"未发现：{range_}，未触及上限"


def path_lines(found: PathAnswer, names: Names) -> Iterator[str]:
    """Yield paths as a person reads them on a terminal."""
    for place, path in enumerate(found.paths, start=1):
        yield f"{place}\t{path_sentence(path, names)}\t强度 {path.strength:.3f}"
    if not found.paths:
        yield none_found(found)
