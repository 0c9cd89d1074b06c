"""Paths as a screen shows them: sentences with their kinds, rows behind each, a small picture."""

from collections.abc import Mapping, Sequence

from app.presenters import figures
from app.presenters.chain import link_source, link_words, name_of
from app.presenters.diagram import Arrow, Box
from app.presenters.drawing import FAMILY_COLOURS, OTHER_COLOUR, family_of, sign_of
from app.presenters.paths import KINDS, path_sentence, weakest
from app.texts.read import spoken, text
from graph.analysis.neighbours import PATH_TYPES
from graph.model import Link, Node, Path
from graph.snapshot.reader import Snapshot

Row = Mapping[str, str]
# Paths of one picture: more of them cross and are read in the list.
DRAWN = 6
_RECORDED = "recorded"


def strength_text(path: Path) -> str:
    """Return how strong a path is, and how much of it is a recorded fact."""
    return text(
        "paths.line",
        strength=f"{path.strength:.3f}",
        recorded=_recorded(path),
        links=len(path.links),
        weakest=KINDS[weakest(path)].to(spoken()),
    )


def _recorded(path: Path) -> int:
    return sum(link.kind == _RECORDED for link in path.links)


def between(link: Link, names: Snapshot) -> str:
    """Return a link with both its ends."""
    words = link_words(link, spoken())
    return f"{name_of(names, link.source)} —{words}→ {name_of(names, link.target)}"


def path_rows(paths: Sequence[Path], names: Snapshot) -> list[Row]:
    """Return the paths as rows, in order."""
    return [
        {
            text("paths.column_number"): str(number),
            text("paths.column_path"): path_sentence(path, names, spoken()),
            text("paths.column_hops"): str(len(path.links)),
            text("paths.column_strength"): f"{path.strength:.3f}",
            text("paths.column_recorded"): f"{_recorded(path)}/{len(path.links)}",
            text("paths.column_weakest"): KINDS[weakest(path)].to(spoken()),
        }
        for number, path in enumerate(paths, start=1)
    ]


def link_rows(path: Path, names: Snapshot) -> list[Row]:
    """Return the links of a path, each with kind, period, factor, file and row."""
    return [
        {
            text("paths.column_link"): between(link, names),
            text("paths.column_kind"): KINDS[link.kind].to(spoken()),
            text("paths.column_period"): figures.period(link.valid_from, link.valid_to, spoken()),
            text("paths.column_factor"): f"{factor:g}",
            text("paths.column_source"): link_source(names, link, spoken()),
        }
        for link, factor in zip(path.links, path.factors, strict=True)
    ]


def inner(path: Path) -> tuple[str, ...]:
    """Return the parties of a path that may be left out: all but its ends."""
    return path.nodes[1:-1]


def boxes(nodes: Sequence[Node], ends: Sequence[str], records: Mapping[str, int]) -> list[Box]:
    """Return the parties of a picture, both ends marked."""
    return [
        Box(
            id=node.uid,
            name=node.name,
            sign=sign_of(node),
            lines=(text("owning.records", count=count),)
            if (count := records.get(node.uid))
            else (),
            records=bool(count),
            focus=node.uid in ends,
        )
        for node in nodes
    ]


def arrows(paths: Sequence[Path]) -> list[Arrow]:
    """Return every link of some paths once: drawn from the start on, pointing as recorded."""
    found: dict[str, Arrow] = {}
    for path in paths:
        for link, before, after in zip(path.links, path.nodes, path.nodes[1:], strict=False):
            colour = FAMILY_COLOURS.get(family_of(link.type), OTHER_COLOUR)
            words = link_words(link, spoken())
            back = link.source != before
            found.setdefault(link.key, Arrow(before, after, words, colour, link.kind, back))
    return list(found.values())


def command(
    ends: tuple[str, str], types: Sequence[str], without: tuple[Sequence[str], Sequence[str]]
) -> str:
    """Return the command that asks the same question; its bounds follow."""
    off = [name for name in PATH_TYPES if name not in types]
    listed = f" --types {','.join(types)}" if set(types) - set(PATH_TYPES) else ""
    told = "" if listed else "".join(f" --exclude-type {name}" for name in off)
    nodes = "".join(f" --without-node {uid}" for uid in without[0])
    links = "".join(f" --without-link '{key}'" for key in without[1])
    return f"xinmai path {ends[0]} {ends[1]}{listed}{told}{nodes}{links}"


def cypher(ends: tuple[str, str], types: Sequence[str], hops: int, limit: int) -> str:
    """Return the statement that lists such paths in a store; parameters stand first."""
    return (
        f"// $first = '{ends[0]}', $second = '{ends[1]}', $as_of\n"
        "MATCH (first:Party {uid: $first}), (second:Party {uid: $second})\n"
        f"MATCH path = (first)-[:{'|'.join(types)}*1..{hops}]-(second)\n"
        "WHERE all(link IN relationships(path) WHERE\n"
        "  (link.valid_from IS NULL OR link.valid_from <= $as_of)\n"
        "  AND (link.valid_to IS NULL OR link.valid_to > $as_of))\n"
        f"RETURN path ORDER BY length(path) LIMIT {limit}"
    )
