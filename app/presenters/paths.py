"""Paths as JSON and as sentences; what was searched always stands with them."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from app.presenters.chain import Names, chain_text, name_of
from app.texts.read import spoken, text
from graph.analysis.explain import caption
from graph.analysis.paths import PathAnswer, Stop
from graph.model import Path
from graph.schema.words import Text

# What each kind of statement is called; the later in the list, the weaker.
KINDS: Final = {
    "recorded": Text("登记事实", "recorded"),
    "computed": Text("计算得出", "computed"),
    "lead": Text("待核线索", "lead"),
}
STOP_WORDS: Final = {
    "state_organ": Text("国家机关不传导", "a state organ does not conduct"),
    "nominee": Text("代理人或托管机构不传导", "a nominee or custodian does not conduct"),
    "supernode": Text(
        "关系方 {links} 个，过多，未穿过", "{links} counterparties: too many, not passed through"
    ),
}
_STATES: Final = {
    "none": Text("未发现：{searched}，未触及上限", "None found: {searched}; no bound was met"),
    "not_searched": Text(
        "未检索：{left}；已检索的范围内未发现：{searched}",
        "Not searched: {left}; none found in what was: {searched}",
    ),
    "timed_out": Text(
        "超时：{searched}，未检索完", "Timed out: {searched}; not searched to the end"
    ),
    "capped": Text(
        "已截断：{searched}，触及上限，另有 {links} 条关系未检索",
        "Cut off: {searched}; a bound was met, {links} links were not searched",
    ),
}
_SEARCHED: Final = Text(
    "{kinds} {count} 类关系，{hops} 跳以内，截至 {as_of}，快照 {snapshot}",
    "{kinds} ({count} types), within {hops} links, as of {as_of}, snapshot {snapshot}",
)
_LOOKED: Final = Text("已检索：{searched}", "Searched: {searched}")
_WITHOUT: Final = {
    "nodes": Text("按要求排除的主体 {count} 个", "{count} parties left out on request"),
    "links": Text("按要求排除的关系 {count} 条", "{count} links left out on request"),
}
_CUT: Final = Text("检索触及上限，可能还有其他路径", "a bound was met; there may be other paths")
_LATE: Final = Text("检索超时，可能还有其他路径", "time ran out; there may be other paths")
_MORE: Final = Text("还有更多路径未列出", "more paths are not listed")


def weakest(path: Path) -> str:
    """Return the weakest kind of statement on a path: a key of KINDS."""
    order = list(KINDS)
    return max((link.kind for link in path.links), key=order.index, default="recorded")


def path_to_json(found: PathAnswer) -> dict[str, Any]:
    """Return paths as the command line answers them."""
    bounds = found.bounds
    return {
        "found": bool(found.paths),
        "state": found.state,
        "order": found.order,
        "paths": [
            {
                "nodes": list(path.nodes),
                "links": [
                    {"key": link.key, "type": link.type, "p": factor, "kind": link.kind}
                    for link, factor in zip(path.links, path.factors, strict=True)
                ],
                "strength": path.strength,
                "weakest": weakest(path),
            }
            for path in found.paths
        ],
        "more": found.more,
        "stops": [
            {"uid": stop.uid, "reason": stop.reason, "links": stop.links} for stop in found.stops
        ],
        "bounds": {
            "hops": bounds.hops,
            "types": list(bounds.types),
            "not_searched": list(found.off),
            "without_nodes": list(found.without_nodes),
            "without_links": list(found.without_links),
            "as_of": bounds.as_of.isoformat(),
            "snapshot": bounds.snapshot,
            "capped": bounds.capped,
            "timed_out": bounds.timed_out,
            "left_out": bounds.left_out,
        },
    }


def path_sentence(path: Path, names: Names, language: str = "zh") -> str:
    """Return one path as a sentence."""
    return chain_text(path.nodes, path.links, names, language)


def path_kinds(path: Path, language: str = "zh") -> str:
    """Return how many links are of the weakest kind, and which that is: "登记事实 2/2"."""
    kind = weakest(path)
    count = sum(link.kind == kind for link in path.links)
    return f"{KINDS[kind].to(language)} {count}/{len(path.links)}"


def _listed(types: tuple[str, ...], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(caption(one).to(language) for one in types)


def searched_text(found: PathAnswer, language: str = "zh") -> str:
    """Return what was searched: types, links, day and snapshot."""
    bounds = found.bounds
    return _SEARCHED.to(language).format(
        kinds=_listed(bounds.types, language), count=len(bounds.types), hops=bounds.hops,
        as_of=bounds.as_of, snapshot=bounds.snapshot,
    )  # fmt: skip


def left_text(found: PathAnswer, language: str = "zh") -> str:
    """Return what was not searched: types that are off, what was left out; "" where nothing was."""
    counts = {"nodes": len(found.without_nodes), "links": len(found.without_links)}
    parts = [_listed(found.off, language)] if found.off else []
    parts += [_WITHOUT[kind].to(language).format(count=n) for kind, n in counts.items() if n]
    return ("；" if language == "zh" else "; ").join(parts)


def none_found(found: PathAnswer, language: str = "zh") -> str:
    """Return why no path is shown: none there, not searched, out of time, or cut off."""
    return (
        _STATES[found.state]
        .to(language)
        .format(
            searched=searched_text(found, language),
            left=left_text(found, language),
            links=found.bounds.left_out,
        )
    )


def stop_sentence(stop: Stop, names: Names, language: str = "zh") -> str:
    """Return why no path leads through a party."""
    words = STOP_WORDS[stop.reason].to(language).format(links=stop.links)
    return f"{name_of(names, stop.uid)}{'：' if language == 'zh' else ': '}{words}"


def remarks(found: PathAnswer, language: str = "zh") -> Iterator[str]:
    """Yield what must be said beside paths that were found: further ones, bounds that were met."""
    for holds, said in (
        (found.more, _MORE),
        (found.bounds.capped, _CUT),
        (found.bounds.timed_out, _LATE),
    ):
        if holds:
            yield said.to(language)


def path_lines(found: PathAnswer, names: Names) -> Iterator[str]:
    """Yield paths as a person reads them on a terminal."""
    language = spoken()
    for place, path in enumerate(found.paths, start=1):
        kinds = path_kinds(path, language)
        strength = text("line.path.strength", p=path.strength)
        yield f"{place}\t{path_sentence(path, names, language)}\t{strength}\t{kinds}"
    if found.paths:
        yield _LOOKED.to(language).format(searched=searched_text(found, language))
        yield from remarks(found, language)
    else:
        yield none_found(found, language)
    for stop in found.stops:
        yield stop_sentence(stop, names, language)


def listed_paths(paths: Sequence[Path], names: Names, language: str) -> list[dict[str, Any]]:
    """Return paths as they are listed beside the canvas."""
    return [
        {
            "nodes": list(path.nodes),
            "edges": [link.key for link in path.links],
            "words": chain_text(path.nodes, path.links, names, language),
            "strength": f"{path.strength:.3f}",
        }
        for path in paths
    ]
