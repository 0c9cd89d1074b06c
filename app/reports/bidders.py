"""投标名单比对: a list of bidders resolved without guessing, compared, and written as files."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from app.checklist import STATES, reason_words
from app.listing import Listing
from app.presenters.matrix import (
    HEADING,
    KINDS,
    bounds_text,
    cell_text,
    common_lines,
    evidence,
    evidence_text,
    matrix_rows,
    matrix_to_json,
    met_text,
    relation_text,
    state_text,
)
from app.workspace import write_whole
from graph.analysis.batch import HIT, Found, look_up
from graph.analysis.matrix import Matrix
from graph.errors import ReportError
from graph.identifiers import identity_card
from graph.schema.words import Text
from graph.snapshot.reader import Snapshot
from queries.output import ending_of, fitting, safe

_SHEETS: Final = {
    "matrix": Text("矩阵", "Matrix"),
    "pairs": Text("关联对", "Pairs"),
    "list": Text("名单", "List"),
}
_PAIR_HEADERS: Final = (
    Text("甲", "One"),
    Text("乙", "Other"),
    Text("最强关联", "Strongest"),
    Text("招投标法实施条例第34条", "Named by law"),
    Text("关联", "Relation"),
    Text("依据", "Evidence"),
    Text("共同投标", "Bid together"),
    Text("检索范围", "Searched"),
)
_LIST_HEADERS: Final = (
    Text("行", "Row"),
    Text("名单所列", "As listed"),
    Text("结果", "Result"),
    Text("实体编号", "uid"),
    Text("匹配名称", "Matched name"),
    Text("原因", "Reason"),
    Text("候选", "Candidates"),
)
_YES: Final = Text("是", "yes")
_TWICE: Final = Text("与第 {row} 行相同，不重复比对", "the same as row {row}, compared once")
SUFFIXES: Final = (".xlsx", ".csv", ".json")


@dataclass(frozen=True, slots=True)
class Bidders:
    """A list of bidders as it was resolved: one of `found` for every row of the list.

    `uids` are the parties that were hit, each once, in the order of the list; a row that is not a
    hit is told and not compared.
    """

    listing: Listing
    found: tuple[Found, ...]
    uids: tuple[str, ...]

    @property
    def unresolved(self) -> int:
        """Return how many rows are no hit; repeated ones are."""
        return sum(found.state != HIT for found in self.found)

    @property
    def repeated(self) -> dict[int, int]:
        """Return, by the number of a row that names a party once more, that of the first one."""
        first: dict[str, int] = {}
        pairs = zip(self.listing.rows, self.found, strict=True)
        named = [(number, found.uid) for (number, _), found in pairs if found.state == HIT]
        return {
            number: first[uid] for number, uid in named if first.setdefault(uid, number) != number
        }

    def rows(self, language: str = "zh") -> Iterator[tuple[str, ...]]:
        """Yield every row of the list: number, as listed, result, party, reason, candidates."""
        repeated, between = self.repeated, "；" if language == "zh" else "; "
        asked = self.listing.asked()
        for (number, _), said, found in zip(self.listing.rows, asked, self.found, strict=True):
            reasons = [one.to(language) for one in reason_words(found, said)]
            if number in repeated:
                reasons.append(_TWICE.to(language).format(row=repeated[number]))
            yield (
                str(number),
                identity_card.masked(said.name or "、".join(said.codes)),
                STATES[found.state].to(language),
                found.uid,
                found.name,
                between.join(reasons),
                between.join(f"{one.told_apart} {one.uid}" for one in found.candidates),
            )


def resolve(snapshot: Snapshot, listing: Listing) -> Bidders:
    """Return who is meant by each row; what is ambiguous stays for a person to say."""
    found = tuple(look_up(snapshot, listing.asked()))
    hits = dict.fromkeys(one.uid for one in found if one.state == HIT)
    return Bidders(listing, found, tuple(hits))


def pair_rows(matrix: Matrix, snapshot: Snapshot, language: str = "zh") -> Iterator[Sequence[str]]:
    """Yield a row for every relation of every pair, and one for a pair without, with bounds."""
    names, sources = dict(zip(matrix.uids, matrix.names, strict=True)), evidence(matrix, snapshot)
    yield tuple(header.to(language) for header in _PAIR_HEADERS)
    for tie in matrix.ties:
        ends = names[tie.one], names[tie.other], cell_text(tie, language)
        for one in tie.relations:
            yield (
                *ends,
                _YES.to(language) if one.legal else "",
                relation_text(one, snapshot, language),
                evidence_text(one, sources, language),
                met_text(tie, language),
                "",
            )
        if not tie.relations:
            empty = ("", "", "", met_text(tie, language))
            yield (*ends, *empty, state_text(tie, matrix, language))


def bidders_to_json(bidders: Bidders, matrix: Matrix, snapshot: Snapshot) -> dict[str, Any]:
    """Return the comparison as JSON, what every row of the list came to included."""
    rows = [
        {
            "row": number,
            "state": found.state,
            "uid": found.uid or None,
            "reasons": list(found.reasons),
            "candidates": [asdict(one) for one in found.candidates],
        }
        for (number, _), found in zip(bidders.listing.rows, bidders.found, strict=True)
    ]
    return {**matrix_to_json(matrix, snapshot), "list": rows}


def bidder_lines(
    bidders: Bidders, matrix: Matrix, snapshot: Snapshot, language: str = "zh"
) -> Iterator[str]:
    """Yield the comparison as a person reads it on a terminal: linked pairs, then the rest."""
    yield HEADING.to(language)
    rows = list(pair_rows(matrix, snapshot, language))[1:]
    for one, other, _, _, relation, said, met, _ in rows:
        if relation:
            yield "\t".join(part for part in (one, other, relation, said, met) if part)
    for state in ("none", "capped", "timed_out"):
        without = [tie for tie in matrix.ties if tie.state == state]
        if without:
            yield f"{len(without)} / {len(matrix.ties)}\t{state_text(without[0], matrix, language)}"
    yield from common_lines(matrix, snapshot, language)
    repeated = bidders.repeated
    for number, listed, result, uid, _, reasons, candidates in bidders.rows(language):
        if not uid or int(number) in repeated:
            yield "\t".join(part for part in (number, listed, result, reasons, candidates) if part)


def write_bidders(
    bidders: Bidders, matrix: Matrix, snapshot: Snapshot, out: Path, language: str = "zh"
) -> None:
    """Write the comparison as .xlsx (three sheets), .csv (pairs) or .json.

    Raises:
        QueryError: another ending.
        ReportError: the file cannot be written.
    """
    ending = ending_of(out, SUFFIXES)
    try:
        if ending == ".json":
            text = json.dumps(
                bidders_to_json(bidders, matrix, snapshot), ensure_ascii=False, indent=1
            )
            write_whole(out, text.encode())
        elif ending == ".csv":
            _write_csv(matrix, snapshot, out, language)
        else:
            write_whole(out, _workbook(bidders, matrix, snapshot, language))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReportError("--out", str(out), f"cannot be written: {reason}") from error


def _write_csv(matrix: Matrix, snapshot: Snapshot, out: Path, language: str) -> None:
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([HEADING.to(language)])
        for row in pair_rows(matrix, snapshot, language):
            writer.writerow([safe(cell) for cell in row])


def _workbook(bidders: Bidders, matrix: Matrix, snapshot: Snapshot, language: str) -> bytes:
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_urls": False})
    # The same comparison, the same bytes: a workbook would hold the time it was made.
    made = _midnight(matrix.bounds.as_of)
    book.set_properties({"created": made, "title": HEADING.to(language)})
    bold = book.add_format({"bold": True})
    headers = tuple(header.to(language) for header in _LIST_HEADERS)
    sheets: dict[str, list[Sequence[str]]] = {
        "matrix": list(matrix_rows(matrix, language)),
        "pairs": list(pair_rows(matrix, snapshot, language)),
        "list": [headers, *bidders.rows(language)],
    }
    for name, rows in sheets.items():
        sheet = book.add_worksheet(_SHEETS[name].to(language))
        sheet.write_string(0, 0, HEADING.to(language), bold)
        sheet.write_string(1, 0, bounds_text(matrix, language))
        for number, row in enumerate(rows, start=2):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, fitting(cell), bold if number == 2 else None)  # noqa: PLR2004 - under two lines of words
        sheet.freeze_panes(3, 1)
        sheet.set_column(0, len(rows[0]) - 1, 22)
    book.close()
    return content.getvalue()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def kinds_found(matrix: Matrix, language: str = "zh") -> dict[str, int]:
    """Return how many pairs have each strongest kind, in the order of KINDS."""
    found = [tie.strongest.kind for tie in matrix.ties if tie.strongest]
    return {KINDS[kind].to(language): found.count(kind) for kind in KINDS if kind in found}
