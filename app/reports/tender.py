"""投标名单关联报告: a list of bidders two by two, a section for every pair that is linked."""

from collections.abc import Sequence
from functools import partial

from app.presenters import figures
from app.presenters.matrix import (
    HEADING,
    bounds_text,
    cell_text,
    common_lines,
    evidence,
    met_text,
    relation_text,
)
from app.reports import blocks
from app.reports.ask import Asked, Ground
from app.reports.content import Numbering, Section, Subject, Table, table
from app.reports.made import Made, Maker, content_of
from app.reports.pictures import tied
from graph.analysis.matrix import Matrix, Tie, matrix
from graph.errors import ReportError
from graph.model import Source

TITLE = "投标名单关联报告"
# Of a larger list the matrix is no page; a page is as wide as so many columns.
_MOST_IN_MATRIX, _COLUMNS = 40, 8
# Pairs with a section of their own; further ones stand in a table.
_MOST_PAIRS = 60
# Relations that no register says as they are.
_COMPUTED = frozenset({"control", "same_controller", "co_bidding", "path"})
_LIST_HEADS = ("行", "名单所列", "结果", "实体编号", "匹配名称", "原因", "候选")


def compose(ground: Ground, asked: Asked) -> Made:
    """Return the report of the list that was asked for.

    Raises:
        ReportError: there is no list.
    """
    if not asked.listed:
        raise ReportError("--kind", asked.kind, "needs the list of bidders: --list FILE")
    uids = list(dict.fromkeys(row[3] for row in asked.listed if row[3]))
    found = matrix(ground.view, uids, hops=asked.hops or ground.view.policy.hops.profile)
    linked = [tie for tie in found.ties if tie.relations]
    sources = evidence(found, ground.snapshot)
    pairs: list[Maker] = [
        partial(_pair, ground, found, tie, sources) for tie in linked[:_MOST_PAIRS]
    ]
    if len(linked) > _MOST_PAIRS:
        pairs.append(partial(_further, ground, found, linked[_MOST_PAIRS:], sources))
    makers: list[Maker] = [
        partial(blocks.cover, ground, asked, None),
        partial(_summary, ground, found, linked),
        partial(_list, asked),
        partial(_matrix, found),
        *pairs,
        partial(_method, ground, found),
        partial(blocks.objection, ground),
    ]
    subject = Subject("", f"投标名单 {len(uids)} 家")
    return Made(content_of(ground, asked, TITLE, subject, makers), {})


def _summary(ground: Ground, found: Matrix, linked: Sequence[Tie], numbers: Numbering) -> Section:
    legal = sum(any(one.legal for one in tie.relations) for tie in linked)
    snapshot = f"快照 {ground.snapshot.id}"
    said = (
        numbers.say(f"{HEADING.zh}。", "method", blocks.METHOD),
        numbers.say(
            f"比对 {len(found.uids)} 家、{len(found.ties)} 对，其中 {len(linked)} 对有关联；"
            f"属招标投标法实施条例第三十四条所列关系的 {legal} 对。",
            "computed",
            snapshot,
        ),
        numbers.say(
            f"其余 {len(found.ties) - len(linked)} 对的检索范围见矩阵之后的方法一节。",
            "method",
            snapshot,
        ),
    )
    return Section("摘要", said)


def _list(asked: Asked, numbers: Numbering) -> Section:
    missing = sum(not row[3] for row in asked.listed)
    words = f"名单共 {len(asked.listed)} 行，{missing} 行未能确定主体，列明原因，不参加比对。"
    said = (numbers.say(words, "recorded", "送检名单"),)
    rows = tuple(tuple(cell or figures.MISSING for cell in row) for row in asked.listed)
    return Section("名单", said, (Table("", _LIST_HEADS, rows),))


def _matrix(found: Matrix, numbers: Numbering) -> Section:
    """Return the matrix in parts as wide as a page; its columns are numbers of the rows."""
    size = len(found.uids)
    if size > _MOST_IN_MATRIX:
        words = f"名单超过 {_MOST_IN_MATRIX} 家，不列矩阵；有关联的各对逐一列于以下各节。"
        return Section("关联矩阵", (numbers.say(words, "method", blocks.METHOD),))
    cells = {(tie.one, tie.other): cell_text(tie) for tie in found.ties}
    tables = []
    for first in range(0, size, _COLUMNS):
        columns = range(first, min(size, first + _COLUMNS))
        rows = tuple(
            (
                f"{place + 1} {found.names[place]}",
                *(_cell(cells, uid, found.uids[column]) for column in columns),
            )
            for place, uid in enumerate(found.uids)
        )
        heads = ("主体", *(str(column + 1) for column in columns))
        tables.append(Table("每对最强的关联；列号即行首序号", heads, rows))
    words = "矩阵每格为一对主体最强的一种关联；未发现、已截断、超时分别写明。"
    return Section("关联矩阵", (numbers.say(words, "method", blocks.METHOD),), tuple(tables))


def _cell(cells: dict[tuple[str, str], str], one: str, other: str) -> str:
    return cells.get((one, other)) or cells.get((other, one), figures.MISSING)


def _names(found: Matrix, tie: Tie) -> tuple[str, str]:
    names = dict(zip(found.uids, found.names, strict=True))
    return names[tie.one], names[tie.other]


def _pair(
    ground: Ground,
    found: Matrix,
    tie: Tie,
    sources: dict[str, list[Source]],
    numbers: Numbering,
) -> Section:
    """Return one linked pair: every relation with its rows, how often they met, and a picture."""
    one, other = _names(found, tie)
    said = []
    for relation in tie.relations:
        legal = "（招标投标法实施条例第三十四条所列）" if relation.legal else ""
        rows = [source for key in relation.links for source in sources.get(key, ())]
        kind = "computed" if relation.kind in _COMPUTED else "recorded"
        words = f"{one} 与 {other}：{relation_text(relation, ground.snapshot)}{legal}。"
        said.append(blocks.say_of(ground, numbers, words, kind, rows))
    if tie.met is not None:
        words = f"{one} 与 {other} {met_text(tie)}。"
        said.append(numbers.say(words, "computed", f"快照 {ground.snapshot.id} 的投标记录"))
    keys = [key for relation in tie.relations for key in relation.links]
    return Section(
        f"{one}与{other}", tuple(said), (), tied(ground, "路径", (tie.one, tie.other), keys)
    )


def _further(
    ground: Ground,
    found: Matrix,
    ties: Sequence[Tie],
    sources: dict[str, list[Source]],
    numbers: Numbering,
) -> Section:
    rows = []
    for tie in ties:
        one, other = _names(found, tie)
        for relation in tie.relations:
            behind = [source for key in relation.links for source in sources.get(key, ())]
            words = relation_text(relation, ground.snapshot)
            rows.append({"甲": one, "乙": other, "关联": words, "来源": blocks.rows_text(behind)})
    words = f"另有 {len(ties)} 对有关联，列于下表。"
    said = (numbers.say(words, "computed", "下表各行来源"),)
    return Section("其余有关联的各对", said, table("", rows))


def _method(ground: Ground, found: Matrix, numbers: Numbering) -> Section:
    """Return the bounds, what was too common to tie anybody, then what every report says."""
    states = [
        (f"{words} {count} 对：{bounds_text(found)}。", "computed")
        for state, words in (("none", "未发现关联"), ("capped", "已截断"), ("timed_out", "超时"))
        if (count := sum(tie.state == state for tie in found.ties))
    ]
    common = [(f"{line}。", "computed") for line in common_lines(found, ground.snapshot)]
    return blocks.scope(ground, [*states, *common], numbers)
