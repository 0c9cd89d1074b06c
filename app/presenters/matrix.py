"""A list two by two in words and as JSON: what ties each pair, and where that is recorded."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from app.presenters.chain import name_of
from app.presenters.party import source_text
from app.presenters.paths import path_sentence
from graph.analysis.explain import caption
from graph.analysis.matrix import Matrix, Tie
from graph.analysis.party import link_sources
from graph.analysis.relations import Relation
from graph.model import Source
from graph.schema.words import Text
from graph.snapshot.reader import Snapshot

# What stands above every list that is compared (screens.md 6).
HEADING: Final = Text(
    "关联提示，是否串通投标须依法查证",
    "Signs of relation; whether bidders colluded is for the law to establish",
)
KINDS: Final = {
    "same_person": Text("同一负责人", "same person in charge"),
    "branch": Text("总分支机构", "head office and branch"),
    "control": Text("控股关系（过半数表决权）", "one controls the other"),
    "same_controller": Text("同一控制人", "same controller"),
    "holding": Text("持股关系", "one holds shares of the other"),
    "management": Text("管理关系", "management relation"),
    "common_party": Text("共同股东或高管", "common holder or officer"),
    "agent": Text("同一中介", "same intermediary"),
    "phone": Text("同一电话", "same phone"),
    "email": Text("同一邮箱", "same e-mail"),
    "address": Text("同一地址", "same address"),
    "co_bidding": Text("共同投标多于偶然", "bid together beyond chance"),
    "path": Text("间接关联", "indirect"),
}
_HOLDERS: Final = Text("共 {count} 家", "{count} in all")
_STRENGTH: Final = Text("（强度 {p:.3f}）", " (strength {p:.3f})")
_CHANCE: Final = Text("P = {p:.3g}", "P = {p:.3g}")
_MET: Final = Text(
    "共同投标 {together} 次（各 {one}、{two} 次，共 {tenders} 个项目），P = {p:.3g}",
    "bid together {together} times ({one} and {two} alone, {tenders} tenders), P = {p:.3g}",
)
_STATES: Final = {
    "none": Text("未发现：{bounds}，未触及上限", "None found: {bounds}; no bound was met"),
    "capped": Text("已截断：{bounds}，触及上限", "Cut off: {bounds}; a bound was met"),
    "timed_out": Text("超时：{bounds}，未检索完", "Timed out: {bounds}; not searched to the end"),
}
_BOUNDS: Final = Text(
    "负责人、持股、控制、任职、中介、联系方式、共同投标，及 {kinds} {hops} 跳以内的路径，"
    "截至 {as_of}，快照 {snapshot}",
    "persons in charge, holdings, control, posts, intermediaries, contacts, tenders, and paths of "
    "{hops} links by {kinds}, as of {as_of}, snapshot {snapshot}",
)
_COMMON: Final = Text(
    "{kind}：{name} 由 {count} 家共有，过多，不作为关联",
    "{kind}: {name} is shared by {count}, too many to tie anybody",
)


def bounds_text(matrix: Matrix, language: str = "zh") -> str:
    """Return how far was looked for pairs without a relation."""
    bounds = matrix.bounds
    kinds = ("、" if language == "zh" else ", ").join(
        caption(one).to(language) for one in bounds.types
    )
    return _BOUNDS.to(language).format(
        kinds=kinds, hops=bounds.hops, as_of=bounds.as_of, snapshot=bounds.snapshot
    )


def relation_text(relation: Relation, names: Snapshot, language: str = "zh") -> str:
    """Return a relation in words: its kind, what is between, how many have it, the chance."""
    colon = "：" if language == "zh" else ": "
    words = KINDS[relation.kind].to(language)
    if relation.path is not None:
        said = path_sentence(relation.path, names, language)
        return f"{words}{colon}{said}{_STRENGTH.to(language).format(p=relation.path.strength)}"
    if relation.between is not None:
        words += colon + name_of(names, relation.between)
    if relation.holders is not None:
        count = _HOLDERS.to(language).format(count=relation.holders)
        words += f"（{count}）" if language == "zh" else f" ({count})"
    comma = "，" if language == "zh" else ", "
    chance = _CHANCE.to(language)
    return words if relation.p is None else f"{words}{comma}{chance.format(p=relation.p)}"


def met_text(tie: Tie, language: str = "zh") -> str:
    """Return how often two bid together, "" where they never did."""
    if tie.met is None:
        return ""
    one, two = tie.met.alone
    return _MET.to(language).format(
        together=tie.met.together, one=one, two=two, tenders=tie.met.tenders, p=tie.met.p
    )


def state_text(tie: Tie, matrix: Matrix, language: str = "zh") -> str:
    """Return why no relation is shown, with the bounds; "" where one is."""
    if tie.state == "found":
        return ""
    return _STATES[tie.state].to(language).format(bounds=bounds_text(matrix, language))


def common_lines(matrix: Matrix, names: Snapshot, language: str = "zh") -> Iterator[str]:
    """Yield what too many have to tie anybody."""
    for one in matrix.common:
        yield _COMMON.to(language).format(
            kind=KINDS[one.kind].to(language), name=name_of(names, one.uid), count=one.holders
        )


def evidence(matrix: Matrix, snapshot: Snapshot) -> dict[str, list[Source]]:
    """Return the files and rows of every link that a relation rests on, by key."""
    keys = sorted({key for tie in matrix.ties for one in tie.relations for key in one.links})
    return link_sources(snapshot, [snapshot.link(key) for key in keys])


def evidence_text(
    relation: Relation, sources: dict[str, list[Source]], language: str = "zh"
) -> str:
    """Return the file and row of each link of a relation."""
    said = dict.fromkeys(source_text(sources.get(key, ()), language) for key in relation.links)
    return ("；" if language == "zh" else "; ").join(said)


def matrix_to_json(matrix: Matrix, snapshot: Snapshot) -> dict[str, Any]:
    """Return a list two by two as the command line answers it."""
    sources = evidence(matrix, snapshot)
    bounds = matrix.bounds
    return {
        "heading": HEADING.zh,
        "parties": [
            {"uid": uid, "name": name} for uid, name in zip(matrix.uids, matrix.names, strict=True)
        ],
        "pairs": [_tie(tie, snapshot, sources) for tie in matrix.ties],
        "common": [
            {"kind": one.kind, "uid": one.uid, "holders": one.holders} for one in matrix.common
        ],
        "bounds": {
            "hops": bounds.hops,
            "types": list(bounds.types),
            "as_of": bounds.as_of.isoformat(),
            "snapshot": bounds.snapshot,
            "capped": bounds.capped,
            "timed_out": bounds.timed_out,
        },
    }


def _tie(tie: Tie, snapshot: Snapshot, sources: dict[str, list[Source]]) -> dict[str, Any]:
    met = tie.met
    return {
        "one": tie.one,
        "other": tie.other,
        "state": tie.state,
        "strongest": tie.strongest.kind if tie.strongest else None,
        "relations": [_relation(one, snapshot, sources) for one in tie.relations],
        "bid_together": None
        if met is None
        else {
            "tenders": met.tenders,
            "alone": list(met.alone),
            "together": met.together,
            "p": met.p,
        },
    }


def _relation(
    relation: Relation, snapshot: Snapshot, sources: dict[str, list[Source]]
) -> dict[str, Any]:
    path = relation.path
    return {
        "kind": relation.kind,
        "legal": relation.legal,
        "between": relation.between,
        "between_name": None if relation.between is None else name_of(snapshot, relation.between),
        "holders": relation.holders,
        "p": relation.p,
        "strength": None if path is None else path.strength,
        "nodes": None if path is None else list(path.nodes),
        "links": [
            {
                "key": key,
                "sources": [{"file": one.file, "row": one.row} for one in sources.get(key, ())],
            }
            for key in relation.links
        ],
    }


def cell_text(tie: Tie, language: str = "zh") -> str:
    """Return what stands in the matrix for a pair: its strongest kind, or why there is none.

    >>> cell_text(Tie("a", "b", (), "none"))
    '未发现'
    """
    if tie.strongest is not None:
        return KINDS[tie.strongest.kind].to(language)
    return _STATES[tie.state].to(language).split("：" if language == "zh" else ":")[0]


def matrix_rows(matrix: Matrix, language: str = "zh") -> Iterator[Sequence[str]]:
    """Yield the matrix, headed by names: what ties the party of a row to that of a column."""
    cells = {(tie.one, tie.other): cell_text(tie, language) for tie in matrix.ties}
    yield ("", *matrix.names)
    for uid, name in zip(matrix.uids, matrix.names, strict=True):
        row = [cells.get((uid, other)) or cells.get((other, uid), "—") for other in matrix.uids]
        yield (name, *row)
