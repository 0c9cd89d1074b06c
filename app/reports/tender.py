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
from app.reports.words import heads, method, sentence, word
from app.texts.read import spoken, text
from graph.analysis.matrix import Matrix, Tie, matrix
from graph.errors import ReportError
from graph.model import Source

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
    subject = Subject("", text("paper.bid.subject", count=len(uids)))
    return Made(content_of(ground, asked, subject, makers), {})


def _summary(ground: Ground, found: Matrix, linked: Sequence[Tie], numbers: Numbering) -> Section:
    legal = sum(any(one.legal for one in tie.relations) for tie in linked)
    snapshot = text("paper.snapshot", snapshot=ground.snapshot.id)
    counts = {"firms": len(found.uids), "pairs": len(found.ties), "linked": len(linked)}
    heading = sentence(word(HEADING))
    compared = text("paper.bid.counted", legal=legal, **counts)
    said = [
        numbers.say(heading, "method", method()),
        numbers.say(compared, "computed", snapshot),
    ]
    rest = len(found.ties) - len(linked)
    if rest:
        said.append(numbers.say(text("paper.bid.rest", rest=rest), "method", snapshot))
    return Section(text("paper.title.summary"), tuple(said))


def _list(asked: Asked, numbers: Numbering) -> Section:
    missing = sum(not row[3] for row in asked.listed)
    words = text("paper.bid.listed", rows=len(asked.listed), missing=missing)
    said = (numbers.say(words, "recorded", text("paper.bid.listed_basis")),)
    rows = tuple(tuple(cell or figures.MISSING for cell in row) for row in asked.listed)
    return Section(text("paper.bid.list"), said, (Table("", heads(*_LIST_HEADS), rows),))


def _matrix(found: Matrix, numbers: Numbering) -> Section:
    """Return the matrix in parts as wide as a page; its columns are numbers of the rows."""
    size, title = len(found.uids), text("paper.bid.matrix")
    if size > _MOST_IN_MATRIX:
        words = text("paper.bid.too_many", most=_MOST_IN_MATRIX)
        return Section(title, (numbers.say(words, "method", method()),))
    cells = {(tie.one, tie.other): cell_text(tie, spoken()) for tie in found.ties}
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
        titles = (*heads("主体"), *(str(column + 1) for column in columns))
        tables.append(Table(text("paper.bid.columns"), titles, rows, "matrix"))
    return Section(
        title, (numbers.say(text("paper.bid.cells"), "method", method()),), tuple(tables)
    )


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
        rows = [source for key in relation.links for source in sources.get(key, ())]
        kind = "computed" if relation.kind in _COMPUTED else "recorded"
        words = text(
            "paper.bid.relation",
            one=one,
            other=other,
            relation=relation_text(relation, ground.snapshot, spoken()),
            legal=text("paper.bid.legal") if relation.legal else "",
        )
        said.append(blocks.say_of(ground, numbers, words, kind, rows))
    if tie.met is not None:
        words = text("paper.bid.met", one=one, other=other, met=met_text(tie, spoken()))
        basis = text("paper.bid.met_basis", snapshot=ground.snapshot.id)
        said.append(numbers.say(words, "computed", basis))
    keys = [key for relation in tie.relations for key in relation.links]
    drawn = tied(ground, text("paper.topic.paths"), (tie.one, tie.other), keys)
    return Section(text("paper.bid.pair", one=one, other=other), tuple(said), (), drawn)


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
            words = relation_text(relation, ground.snapshot, spoken())
            rows.append({"甲": one, "乙": other, "关联": words, "来源": blocks.rows_text(behind)})
    words = text("paper.bid.further_said", count=len(ties))
    said = (numbers.say(words, "computed", text("paper.bid.further_basis")),)
    return Section(text("paper.bid.further"), said, table("", rows))


def _method(ground: Ground, found: Matrix, numbers: Numbering) -> Section:
    """Return the bounds, what was too common to tie anybody, then what every report says."""
    bounds = bounds_text(found, spoken())
    states = [
        (text(f"paper.bid.{state}", count=count, bounds=bounds), "computed")
        for state in ("none", "capped", "timed_out")
        if (count := sum(tie.state == state for tie in found.ties))
    ]
    common = [
        (sentence(line), "computed") for line in common_lines(found, ground.snapshot, spoken())
    ]
    return blocks.scope(ground, [*states, *common], numbers)
