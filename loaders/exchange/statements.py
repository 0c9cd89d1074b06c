"""What readers of exchanged ownership share: objects of a file, dates, shares, the two tables."""

import json
import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import polars as pl

from graph.errors import UnreadableError
from loaders.cells import BROKEN, ROW, decode, lines
from loaders.files import file_digest
from loaders.readers import RawTable

# The columns of nodes.csv and edges.csv that exchanged statements can fill (architecture.md 8).
NODE_COLUMNS = (
    "uid",
    "label",
    "name",
    "former_names",
    "country",
    "uscc",
    "registration_number",
    "enterprise_type",
    "established_on",
    "ended_on",
    "address",
    "stock_code",
    "birth_year",
    "nationality",
)
EDGE_COLUMNS = (
    "key",
    "source",
    "target",
    "type",
    "share",
    "share_min",
    "share_max",
    "votes",
    "post",
    "post_word",
    "valid_from",
    "valid_to",
)
# Words of Chinese registers for which both standards have a code (ISO 3166-1).
_COUNTRIES = {
    "中国": "CN",
    "中国大陆": "CN",
    "中华人民共和国": "CN",
    "CHN": "CN",
    "156": "CN",
    "香港": "HK",
    "中国香港": "HK",
    "澳门": "MO",
    "中国澳门": "MO",
    "台湾": "TW",
    "中国台湾": "TW",
}
_CODE_LETTERS = 2
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}")
# A month or a year; year 0 is in no calendar.
_PART = re.compile(r"((?!0000)\d{4})(?:-(0[1-9]|1[0-2]))?")
_HUNDRED = Decimal(100)

Object = Mapping[str, Any]
Cells = dict[str, str | int | None]
_TWICE, _HALF = "holds a key twice", "holds half a character (a lone surrogate)"
# A statement that becomes no row: its place, its text, and the rule against it.
Broken = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The parties and links of one file, as tables in the form of nodes.csv and edges.csv.

    `row` is the place of the statement in the file, from 1 on.
    """

    nodes: RawTable
    edges: RawTable


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of a file in order, and by their place from 1 on why some can say nothing."""

    listed: list[Object]
    unfit: Mapping[int, str]


def objects(path: Path) -> Objects:
    """Return the objects of a JSON list, or of a file with one JSON object a line.

    Raises:
        UnreadableError: it is neither.
    """
    try:
        text = decode(path.read_bytes(), str(path))
    except OSError as error:
        raise UnreadableError("file", str(path), f"cannot be opened: {error.strerror}") from error
    if text.lstrip().startswith("["):
        found = _read(path, "json", text)
    else:
        rows = enumerate(lines(text), start=1)
        found = [_read(path, f"line {row}", line) for row, line in rows if line.strip()]
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UnreadableError(str(path), "json", "must be a list of objects, or one a line")
    rules = ((place, _rule_of(path, place, one)) for place, one in enumerate(found, start=1))
    return Objects(found, {place: rule for place, rule in rules if rule})


def _rule_of(path: Path, place: int, item: Object) -> str | None:
    try:
        return _rule_broken(item)
    except RecursionError as error:
        rule = "cannot be read: it is nested too deep"
        raise UnreadableError(str(path), f"object {place}", rule) from error


class _Twice(dict[str, Any]):
    """An object that holds a key twice: which of the values holds nobody can say."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    return held if len(held) == len(pairs) else _Twice(held)


def _rule_broken(item: object) -> str | None:
    """Return why an object says nothing that can be kept, or None."""
    if isinstance(item, str):
        return None if item.isascii() or _is_whole(item) else _HALF
    if isinstance(item, _Twice):
        return _TWICE
    parts = [*item, *item.values()] if isinstance(item, dict) else item
    if not isinstance(parts, list):
        return None
    return next((rule for one in parts if (rule := _rule_broken(one))), None)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def as_text(item: Object) -> str:
    """Return an object as one line, half a character as a question mark."""
    return json.dumps(item, ensure_ascii=False).encode(errors="replace").decode()


def _read(path: Path, part: str, text: str) -> Any:  # noqa: ANN401 - whatever stands there
    try:
        return json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(str(path), part, f"cannot be read: {error}") from error


def tables(
    path: Path,
    nodes: Sequence[Cells],
    edges: Sequence[Cells],
    nodeless: Sequence[Broken] = (),
    edgeless: Sequence[Broken] = (),
) -> Exchanged:
    """Return rows as the tables that the flat import checks, only with columns that are filled.

    `nodeless` and `edgeless` are statements of parties and of links that become no row. What a row
    says under a name with a colon stays beside it, as a column that nobody declared.
    """
    digest = file_digest(path)

    def table(
        rows: Sequence[Cells], columns: tuple[str, ...], broken: Sequence[Broken]
    ) -> RawTable:
        columns += (*dict.fromkeys(name for row in rows for name in row if ":" in name),)
        schema = {**dict.fromkeys(columns, pl.String), "row": pl.Int64}
        frame = pl.DataFrame(
            [{name: row.get(name) for name in schema} for row in rows], schema=schema
        )
        kept = [
            name
            for name in columns
            if name in {"uid", "label", "source", "target", "type"}
            or frame[name].null_count() < frame.height
        ]
        unfit = pl.DataFrame(broken, schema=BROKEN, orient="row")
        cells = frame.select(*kept, pl.col("row").alias(ROW))
        return RawTable(path, tuple(kept), cells, digest, broken=unfit)

    return Exchanged(table(nodes, NODE_COLUMNS, nodeless), table(edges, EDGE_COLUMNS, edgeless))


def day(value: object) -> str | None:
    """Return a full date of a text; None where year or month alone is given.

    What is no date at all stays as it stands: the rule for dates refuses its row and names it.

    >>> day("2019-09-11T11:17:23Z"), day("2019-09"), day("soon")
    ('2019-09-11', None, 'soon')
    """
    text = str(value or "").strip()
    if _DAY.match(text):
        return text[:10]
    return None if not text or _PART.fullmatch(text) else text


def first_day(value: object) -> str | None:
    """Return the first day of what a text gives as day, month or year.

    >>> first_day("2019-09"), first_day("2019"), first_day(None)
    ('2019-09-01', '2019-01-01', None)
    """
    part = _PART.fullmatch(str(value or "").strip())
    return f"{part[1]}-{part[2] or '01'}-01" if part else day(value)


def last_day(value: object) -> str | None:
    """Return the last day of what a text gives as day, month or year.

    An end without a day is an end all the same: without one the link would hold today.

    >>> last_day("2020-02"), last_day("2019"), last_day("2019-09-11")
    ('2020-02-29', '2019-12-31', '2019-09-11')
    """
    part = _PART.fullmatch(str(value or "").strip())
    if part is None:
        return day(value)
    year, month = int(part[1]), int(part[2] or 12)
    return f"{part[1]}-{month:02}-{monthrange(year, month)[1]:02}"


def fraction(percent: object) -> str | None:
    """Return a percentage as a fraction, None where none is given.

    What is no number stays as it stands: the rule for shares refuses its row and names it.

    >>> fraction(33.3), fraction("25 %"), fraction("a lot"), fraction(None)
    ('0.333', '0.25', 'a lot', None)
    """
    if percent is None:
        return None
    try:
        value = Decimal(str(percent).strip().rstrip("%").strip()) / _HUNDRED
    except InvalidOperation:
        return str(percent)
    return f"{value:f}" if value.is_finite() else str(percent)


def percent(share: float) -> float:
    """Return a fraction as a percentage with the four decimals that whole ppm have.

    >>> percent(0.333333)
    33.3333
    """
    return round(share * 100, 4)


def country_code(word: str | None) -> str | None:
    """Return the two letters of a country as a register says it; None for one without a code here.

    >>> country_code("中国"), country_code("hk"), country_code("Atlantis")
    ('CN', 'HK', None)
    """
    said = (word or "").strip().upper()
    short = len(said) == _CODE_LETTERS and said.isascii() and said.isalpha()
    return said if short else _COUNTRIES.get(said)
