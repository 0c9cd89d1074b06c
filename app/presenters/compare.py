"""Two parties side by side as one table: values, what differs, their sources, what they say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape

from app.presenters import figures
from app.presenters.identity import SPEAKS, WHAT
from app.presenters.party import source_text, value_text
from graph.analysis.identity import Comparison, Evidence
from graph.model import Node, Source
from graph.schema.catalog import SCHEMA
from graph.schema.words import Text

# More of a value than this is not laid side by side; the party's page has all.
LONGEST = 160
# Values in one cell are told apart by this.
_LIST_MARK = "、"
_SIGNS: Mapping[bool | None, str] = {True: "＋", False: "－", None: "○"}
# What the comparison speaks of already, and what is no value of a source.
_SAID = frozenset(
    {"name", "former_names", "id_hash", "uid", "record_id", "resource", "mentions", "region"}
)
_WHERE = Text("来源", "source")
_HEADS = (
    Text("比对项", "Compared"), Text("甲", "A"), Text("乙", "B"), Text("说明", "Speaks"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One thing side by side; `speaks` as in Evidence, "" where it is no part of the comparison."""

    what: str
    one: str
    other: str
    speaks: bool | str | None
    sources: tuple[str, str]

    @property
    def counts(self) -> bool:
        """Return whether it was compared, or at least can be: both sides say it."""
        return not isinstance(self.speaks, str) or bool(self.one and self.other)


Sources = Mapping[str, Sequence[Source]]


def rows_of(found: Comparison, sources: Sources, language: str) -> list[Row]:
    """Return what was compared, for and against first, then what else is known of both.

    `sources` are files and rows by ledger record.
    """
    order = {False: 0, True: 1, None: 2}
    evidence = sorted(found.evidence, key=lambda one: order[one.speaks])
    rows = [
        Row(
            _title(one.what, language),
            one.one,
            one.other,
            one.speaks,
            (
                _where(found.one, one, sources, language),
                _where(found.other, one, sources, language),
            ),
        )
        for one in evidence
    ]
    return [*rows, *_others(found, {one.what for one in evidence}, sources, language)]


def _title(what: str, language: str) -> str:
    return WHAT[what].to(language) if what in WHAT else what


def _where(node: Node, evidence: Evidence, sources: Sources, language: str) -> str:
    value = evidence.one if node.name == evidence.one else evidence.other
    held = evidence.what == "name" or node.properties.get(evidence.what) is not None
    return _said_in(node, evidence.what, sources, language) if held and value is not None else ""


def _said_in(node: Node, name: str, sources: Sources, language: str) -> str:
    own = (str(node.properties.get("record_id")),)
    listed = [one for record in node.sources.get(name, own) for one in sources.get(record, ())]
    return source_text(listed, language) if listed else ""


def _others(found: Comparison, said: set[str], sources: Sources, language: str) -> Iterator[Row]:
    kinds = {
        item.name: item
        for node in (found.one, found.other)
        for item in SCHEMA.node_properties(node.label)
    }
    for name, item in kinds.items():
        mine, its = (node.properties.get(name) for node in (found.one, found.other))
        if name in _SAID | said or (mine is None and its is None):
            continue
        one, other = ("" if v is None else value_text(item.kind, v) for v in (mine, its))
        where = tuple(
            "" if value is None else _said_in(node, name, sources, language)
            for node, value in ((found.one, mine), (found.other, its))
        )
        yield Row(item.title.to(language), one, other, "", (where[0], where[1]))


def records_behind(found: Comparison) -> list[str]:
    """Return the ledger records behind all values of both parties."""
    wanted = set()
    for node in (found.one, found.other):
        wanted.add(str(node.properties.get("record_id")))
        wanted.update(record for records in node.sources.values() for record in records)
    return sorted(wanted)


def marked(one: str, other: str) -> tuple[str, str]:
    """Return two values as HTML, the characters in which they differ marked; lists by item.

    >>> marked("恒裕公司", "恒丰公司")
    ('恒<mark>裕</mark>公司', '恒<mark>丰</mark>公司')
    """
    if not one or not other or one == other:
        return escape(one), escape(other)
    if _LIST_MARK in one or _LIST_MARK in other:
        return _by_item(one, other), _by_item(other, one)
    left, right = "", ""
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        mine, its = escape(one[a:b]), escape(other[c:d])
        left += mine if tag == "equal" or not mine else f"<mark>{mine}</mark>"
        right += its if tag == "equal" or not its else f"<mark>{its}</mark>"
    return left, right


def _by_item(one: str, other: str) -> str:
    known = set(other.split(_LIST_MARK))
    return _LIST_MARK.join(
        escape(item) if item in known else f"<mark>{escape(item)}</mark>"
        for item in one.split(_LIST_MARK)
    )


def _cut(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…（{len(value)}）"


def table_html(rows: Sequence[Row], names: tuple[str, str], language: str, *, blind: bool) -> str:
    """Return the rows as one HTML table; to a blind judge without what speaks for and against.

    Everything from the data is escaped.
    """
    heads = [head.to(language) for head in _HEADS]
    heads[1:3] = [f"{head} {_cut(name)}" for head, name in zip(heads[1:3], names, strict=True)]
    shown = [*heads[:3]] if blind else heads
    head = "".join(f"<th scope='col'>{escape(one)}</th>" for one in shown)
    body = "".join(_row_html(row, language, blind=blind) for row in _ordered(rows, blind=blind))
    return f"<table class='pair'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _ordered(rows: Sequence[Row], *, blind: bool) -> Sequence[Row]:
    # Sorted for and against, the order alone would tell.
    return sorted(rows, key=lambda row: row.what) if blind else rows


def _row_html(row: Row, language: str, *, blind: bool) -> str:
    values = marked(_cut(row.one), _cut(row.other))
    cells = "".join(
        f"<td>{value or figures.MISSING}{_small(where, language)}</td>"
        for value, where in zip(values, row.sources, strict=True)
    )
    said = ""
    if not blind:
        words = "" if isinstance(row.speaks, str) else SPEAKS[row.speaks].to(language)
        sign = "" if isinstance(row.speaks, str) else f"{_SIGNS[row.speaks]} "
        said = f"<td class='says'>{escape(sign + words)}</td>"
    return f"<tr><th scope='row'>{escape(row.what)}</th>{cells}{said}</tr>"


def _small(where: str, language: str) -> str:
    colon = "：" if language == "zh" else ": "
    return f"<small>{_WHERE.to(language)}{colon}{escape(where)}</small>" if where else ""


def plain_table(rows: Sequence[Mapping[str, str]]) -> str:
    """Return rows as an HTML table whose cells break where they must; everything is escaped."""
    heads = "".join(f"<th scope='col'>{escape(name)}</th>" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(value)}</td>" for value in row.values()) + "</tr>"
        for row in rows
    )
    return f"<table class='pair plain'><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
