"""Text tables: bytes to text, where the header stands, cells by column with their row numbers."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv

from graph.errors import UnreadableError

# Encodings in the order in which they are tried; utf-8 is strict enough to exclude the next.
ENCODINGS = ("utf-8-sig", "gb18030")
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# A text table without a mark may hold a stray NUL; a file full of them is something else.
NUL_PART = 0.05
_PROBE = 65_536
# Title lines above a header are few; a header is looked for in this many rows.
HEADER_WITHIN = 12
# A header row has at least this part of the widest row's filled cells.
HEADER_FILLED = 0.6

# A table has at least so many columns: what fills fewer cells is a title.
TABLE_WIDTH = 2
# Bytes of the longest row that is read as one: a longer one is no table of a department.
LONGEST_ROW = 1 << 24

# What the numbers of rows are called among the columns: no header is, as headers are stripped.
ROW = " row"
# What stands beside the cells of a rejected row, as the department will read it.
REASONS = ("行号", "列", "值", "规则")
# Behind a department's own header that is called as one of these.
_OWN = "（原列）"
BROKEN = {"row": pl.Int64, "text": pl.String, "rule": pl.String}


def decode(content: bytes, what: str) -> str:
    """Return the text of a file in utf-8(-sig), gb18030 or utf-16.

    Raises:
        UnreadableError: the file is empty, binary, or in another encoding.
    """
    if not content.strip():
        raise UnreadableError(what, "empty", "holds nothing")
    mark = _BOMS.get(content[:2])
    if mark is None:
        probe = content[:_PROBE]
        if probe.count(0) > NUL_PART * len(probe):
            raise UnreadableError(what, "binary", "is no text table")
    for encoding in (mark,) if mark else ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError(what, "encoding", "must be utf-8, gb18030 or utf-16")


def header_row(rows: Sequence[Sequence[str | None]]) -> int:
    """Return which of the first rows is the header: titles above it fill fewer cells.

    One row that is wider than all others may be a broken one, and says nothing of the table.
    """
    filled = [sum(1 for cell in row if cell and cell.strip()) for row in rows[:HEADER_WITHIN]]
    second, widest = [0, 0, *sorted(filled)][-2:]
    if second >= TABLE_WIDTH:
        widest = second
    for number, count in enumerate(filled):
        if count and count >= HEADER_FILLED * widest:
            return number
    return 0


def checked_headers(cells: Sequence[str | None], what: str) -> list[str]:
    """Return the headers as they stand, less empty ones at the end.

    Raises:
        UnreadableError: one stands twice, or one in the middle is empty.
    """
    headers = [(cell or "").replace("\ufeff", "").strip() for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    if not headers:
        raise UnreadableError(what, "header", "is not there")
    times = Counter(headers)
    for place, header in enumerate(headers, start=1):
        if not header:
            raise UnreadableError(what, f"header of column {place}", "is empty: is there a header?")
        if times[header] > 1:
            raise UnreadableError(what, header, "stands twice in the header")
    return headers


def beside_reasons(header: str) -> str:
    """Return what a file's own column is called beside REASONS: they are known by their names."""
    return f"{header}{_OWN}" if header in REASONS else header


def given_back(headers: Sequence[str]) -> list[str] | None:
    """Return the headers of rejected rows that are handed in again, less REASONS; else None.

    >>> given_back(["企业名称", "值（原列）", "行号", "列", "值", "规则"])
    ['企业名称', '值']
    """
    count = len(headers) - len(REASONS)
    if count <= 0 or tuple(headers[count:]) != REASONS:
        return None
    named = {beside_reasons(one): one for one in REASONS}
    return [named.get(header, header) for header in headers[:count]]


def parse(
    text: str, separator: str, what: str
) -> tuple[list[str], int, pl.DataFrame, pl.DataFrame]:
    """Return (headers, row of the header, cells, broken rows) of a separated text.

    Cells are String columns by header and ROW, Int64, counted from 1 as in Excel. Broken rows
    have the columns of BROKEN: they hold more or fewer cells than the header.
    """
    rows = _first_rows(text, separator, what)
    start = header_row([cells for _, cells in rows])
    above, cells = rows[start]
    headers = checked_headers(cells, what)
    invalid: list[tuple[int, str, str]] = []

    def note(found: arrow_csv.InvalidRow) -> str:
        rule = f"has {found.actual_columns} cells, the header {found.expected_columns}"
        invalid.append((found.number + start, str(found.text), rule))
        return "skip"

    names = [str(place) for place in range(len(cells))]
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(text[above:].encode()),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, column_names=names, block_size=LONGEST_ROW
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=note,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        if "straddling" in str(error):
            rule = f"holds a row of more than {LONGEST_ROW // 2**20} MB: no table has such a cell"
            raise UnreadableError(what, "cell", rule) from error
        reason = " ".join(str(error).split())[:200]
        raise UnreadableError(what, "table", f"cannot be read: {reason}") from error
    frame = pl.DataFrame(pl.from_arrow(table))
    broken = pl.DataFrame(invalid, schema=BROKEN, orient="row")
    return headers, start + 1, *_numbered(frame, headers, start, broken)


def lines(text: str) -> Iterator[str]:
    """Return the lines of a text, each with its end: LF, CR or both, as in tables and JSON.

    Not as Python's splitlines, which also breaks at characters that a cell may hold (U+2028).
    """
    return iter(io.StringIO(text, newline=""))


def _first_rows(text: str, separator: str, what: str) -> list[tuple[int, list[str]]]:
    """Return (characters above it, cells) of each of the first rows; a cell may hold lines.

    Raises:
        UnreadableError: the cells of a row cannot be told apart.
    """
    found, whole = _rows_within(text[:_PROBE], separator)
    if not whole and len(text) > _PROBE:
        # The last of them goes on where the part ends.
        found, whole = _rows_within(text[:LONGEST_ROW], separator)
    if not found:
        raise UnreadableError(what, "table", "cannot be read: its first row is too long or broken")
    return found


def _rows_within(part: str, separator: str) -> tuple[list[tuple[int, list[str]]], bool]:
    """Return the first rows of a part of a text, and whether the part goes on behind them."""
    # A cell may be as long as a row: the header is looked for, whatever else is in the table.
    csv.field_size_limit(max(LONGEST_ROW, csv.field_size_limit()))
    read = 0

    def counted() -> Iterator[str]:
        nonlocal read
        for line in lines(part):
            read += len(line)
            yield line

    found: list[tuple[int, list[str]]] = []
    above = 0
    try:
        for cells in islice(csv.reader(counted(), delimiter=separator), HEADER_WITHIN):
            found.append((above, cells))
            above = read
    except csv.Error:
        # The rows seen so far say where the header is.
        return found, True
    return found, read < len(part)


def _numbered(
    frame: pl.DataFrame, headers: list[str], start: int, broken: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    # Rows that hold too many or too few cells were skipped: the others count around them.
    total = frame.height + broken.height
    numbers = pl.Series(ROW, range(start + 1, start + 1 + total), dtype=pl.Int64)
    if broken.height:
        numbers = numbers.filter(~numbers.is_in(broken["row"].implode()))
    frame = frame.with_columns(numbers.head(frame.height)).slice(1)
    return with_headers(frame, headers), broken


def with_headers(frame: pl.DataFrame, headers: list[str]) -> pl.DataFrame:
    """Return the table named by its headers; empty cells are null, blank rows are left out."""
    numbers = frame[ROW].cast(pl.Int64)
    # By place: a header may look like a pattern of names (*, ^a$), or be what another column is.
    columns = [one for one in frame.get_columns() if one.name != ROW][: len(headers)]
    named = pl.DataFrame([one.alias(str(at)) for at, one in enumerate(columns)])
    texts = pl.all().cast(pl.String)
    named = named.select(
        pl.when(texts.str.strip_chars() == "").then(None).otherwise(texts).name.keep()
    )
    filled = ~named.select(pl.all_horizontal(pl.all().is_null())).to_series()
    cells = [one.alias(header) for one, header in zip(named, headers, strict=True)]
    return pl.DataFrame([*cells, numbers]).filter(filled)
