"""名单核查: a list of subjects read, looked up and handed back, every row once and in its order."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import chain, count
from pathlib import Path
from time import perf_counter
from typing import Protocol

import xlsxwriter

from app.listing import Listing
from app.texts.read import text
from graph.analysis.answers import Exposure
from graph.analysis.batch import ASK, HIT, NONE, WRONG_CHECK, Asked, Found, look_up
from graph.errors import LoadError, ReportError
from graph.identifiers import credit_code, faults, identity_card, registration_number
from graph.schema.codes import LEVELS
from graph.schema.words import Text
from graph.snapshot.reader import Snapshot
from queries.output import ending_of, fitting

# The reason that a person's choice adds to those of the look-up.
SETTLED = "settled"
STATES: Mapping[str, Text] = {
    HIT: Text("命中", "hit"),
    NONE: Text("未命中", "no hit"),
    ASK: Text("需人工", "for a person"),
}
REASONS: Mapping[str, Text] = {
    "code": Text("代码一致", "same code"),
    "registration": Text("注册号一致", "same registration number"),
    "name": Text("名称全同", "same full name"),
    "former_name": Text("曾用名", "former name"),
    WRONG_CHECK: Text("代码校验不通过", "the code's check fails"),
    "contradicted": Text("代码与名称不符", "code and name differ"),
    "several": Text("多个候选", "several candidates"),
    "similar": Text("仅名称相似", "only similar names"),
    "branch": Text("分支机构", "branch"),
    "closed": Text("已注销", "deregistered"),
    "empty": Text("空行", "empty row"),
    "repeated": Text("重复行", "repeated row"),
    SETTLED: Text("人工选定", "settled by a person"),
}
# Which rule a code breaks where its check fails; by its length it is read as one of a kind.
RULES: Mapping[str, Text] = {
    faults.LENGTH: Text(
        "共 {length} 位，应为 18 位（组织机构代码 9 位，注册号 15 或 13 位数字）",
        "has {length} characters; a credit code has 18, an organisation code 9,"
        " a registration number 15 or 13 digits",
    ),
    faults.CHARACTER: Text(
        "含有代码不用的字符 {characters}", "holds what no code does: {characters}"
    ),
    faults.HEAD: Text(
        "第 1 位登记管理部门或第 3 至 8 位行政区划不合规定",
        "breaks the rule for character 1 (department) or 3 to 8 (region)",
    ),
    faults.INNER: Text(
        "第 17 位（组织机构代码的校验位）不对",
        "has a wrong check character in place 17, that of the organisation code",
    ),
    faults.CHECK: Text("末位校验位不对", "has a wrong check character in the last place"),
}
# What is added behind the list's own columns.
ADDED = (
    Text("核查结果", "result"),
    Text("实体编号", "uid"),
    Text("匹配名称", "matched name"),
    Text("原因", "reason"),
    Text("候选", "candidates"),
    Text("同第几行", "same as row"),
    Text("有效失信记录", "active records"),
)
EXPOSED = (Text("传导等级", "level"), Text("传导值", "exposure"))
# Characters of a cell that are repeated in a reason.
_SHOWN = 40
_SHEET = Text("名单核查", "List check")
SUFFIXES = (".csv", ".xlsx")
# A cell that a spreadsheet would run; a number with a sign is none.
_FORMULA = re.compile(r"^[ \n]*(?:[=@\t\r]|[+-](?![\d.,]+%?$))")
# Rows between two words of progress: some tenths of a second.
_SAID_EVERY = 100


@dataclass(frozen=True, slots=True)
class Level:
    """The exposure of a hit and its level."""

    level: str
    exposure: float


@dataclass(frozen=True, slots=True)
class Checked:
    """A list that was looked up; one of `found`, `records`, `levels`, `took` for every row.

    `records` are active negative ones of a hit, `levels` its exposure where that was asked for,
    `took` the seconds that its look-up took.
    """

    listing: Listing
    found: tuple[Found, ...]
    records: tuple[int | None, ...]
    levels: tuple[Level | None, ...]
    took: tuple[float, ...]
    with_levels: bool
    snapshot: str
    as_of: date

    def __post_init__(self) -> None:
        read = len(self.listing.rows)
        answered = (self.found, self.records, self.levels, self.took)
        if any(len(answers) != read for answers in answered):
            raise LoadError("list", read, "rows were read and not all answered")

    @property
    def seconds(self) -> float:
        """Return what all look-ups took."""
        return sum(self.took)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows came to what."""
        counted = Counter(found.state for found in self.found)
        return {state: counted[state] for state in STATES}


def _silent(_text: str) -> None:
    return None


class House(Protocol):
    """What a list is checked against."""

    def loaded_snapshot(self) -> Snapshot:
        """Return the current snapshot."""

    def active_records(self, uids: Sequence[str], as_of: date) -> dict[str, int]:
        """Return how many active negative records each party has."""

    def expose(self, uid: str, as_of: date) -> Exposure:
        """Return the exposure of one party on a day."""


def check(
    house: House,
    listing: Listing,
    as_of: date,
    *,
    with_levels: bool = False,
    progress: Callable[[str], None] = _silent,
) -> Checked:
    """Return a list looked up in the current snapshot; levels cost an exposure for every hit."""
    snapshot = house.loaded_snapshot()
    found, took = _timed(snapshot, listing, progress)
    hits = sorted({one.uid for one in found if one.state == HIT})
    counts = house.active_records(hits, as_of)
    exposed = levels_of(house, hits, as_of, progress) if with_levels else {}
    return Checked(
        listing,
        tuple(found),
        tuple(counts.get(one.uid, 0) if one.state == HIT else None for one in found),
        tuple(exposed.get(one.uid) for one in found),
        tuple(took),
        with_levels,
        snapshot.id,
        as_of,
    )


def _timed(
    snapshot: Snapshot, listing: Listing, progress: Callable[[str], None]
) -> tuple[list[Found], list[float]]:
    """Look every row up and return beside each answer the seconds that it took."""
    found: list[Found] = []
    took: list[float] = []
    began = perf_counter()
    for one in look_up(snapshot, listing.asked()):
        now = perf_counter()
        found.append(one)
        took.append(now - began)
        began = now
        if len(found) % _SAID_EVERY == 0:
            progress(f"[{len(found)}/{len(listing.rows)}] {text('line.check.rows')}")
    return found, took


def levels_of(
    house: House, uids: Sequence[str], as_of: date, progress: Callable[[str], None] = _silent
) -> dict[str, Level]:
    """Return the exposure of parties on a day."""
    found = {}
    for place, uid in enumerate(uids, start=1):
        exposed = house.expose(uid, as_of)
        found[uid] = Level(exposed.level, exposed.exposure)
        if place % _SAID_EVERY == 0:
            progress(f"[{place}/{len(uids)}] {text('line.check.levels')}")
    return found


def result_rows(checked: Checked, language: str = "zh") -> Iterator[tuple[str, ...]]:
    """Yield the header, then every row: its own cells, then what it came to."""
    titles = [*ADDED, *(EXPOSED if checked.with_levels else ())]
    own = checked.listing.titled(language)
    yield (*own, *unlike([title.to(language) for title in titles], own, language))
    numbers = [number for number, _ in checked.listing.rows]
    asked = checked.listing.asked()
    for place, (_, cells) in enumerate(checked.listing.rows):
        words = reason_words(checked.found[place], asked[place])
        why = [one.to(language) for one in words]
        yield (*_masked(checked.listing, cells), *_answer(checked, place, why, numbers, language))


def unlike(titles: Sequence[str], taken: Sequence[str], language: str = "zh") -> list[str]:
    """Return titles of added columns, told from those that a list has already.

    A list that was checked before may be handed in again, and again.

    >>> unlike(["原因"], ["名称", "原因", "原因（核查）"])
    ['原因（核查2）']
    >>> unlike(["reason"], ["name", "reason"], "en")
    ['reason (check)']
    """
    made = []
    form = "{}（核查{}）" if language == "zh" else "{} (check{})"
    for title in titles:
        others = (form.format(title, number) for number in count(2))
        free = (one for one in chain([title, form.format(title, "")], others) if one not in taken)
        made.append(next(free))
    return made


def _masked(listing: Listing, cells: Sequence[str]) -> Iterator[str]:
    """Yield a row's own cells; an identity number leaves no further than it came."""
    for place, cell in enumerate(cells):
        code = cell.strip()
        # A code of digits alone may pass for an identity number as well: it stays a code.
        right = credit_code.is_valid(code) or registration_number.is_valid(code)
        yield cell if right and place in listing.codes else identity_card.masked(cell)


def reason_words(found: Found, asked: Asked) -> Iterator[Text]:
    """Yield why a row came to what it did; of a code whose check fails, which rule it breaks."""
    for reason in found.reasons:
        words = REASONS[reason]
        broken = _broken_rules(asked.codes) if reason == WRONG_CHECK else ()
        zh, en = ("，".join(one.zh for one in broken), ", ".join(one.en for one in broken))
        yield Text(f"{words.zh}：{zh}", f"{words.en}: {en}") if broken else words


def _broken_rules(codes: Sequence[str]) -> list[Text]:
    """Return which rules the codes of a row break; beside another code each is named."""
    # What stands for a missing code (无, -, 0) is not asked for.
    given = [code for code in codes if re.search(r"[1-9A-Za-z]", credit_code.fold(code))]
    told = []
    for code in given:
        if (rule := faults.fault(code)) is not None:
            named = f"{identity_card.masked(code.strip())[:_SHOWN]} " if len(given) > 1 else ""
            folded = credit_code.fold(code)
            strange = " ".join(dict.fromkeys(one for one in folded if not _is_of_codes(one)))
            zh, en = (
                named + words.format(length=len(folded), characters=strange[:_SHOWN])
                for words in (RULES[rule].zh, RULES[rule].en)
            )
            told.append(Text(zh, en))
    return told


def _is_of_codes(character: str) -> bool:
    return character in credit_code.ALPHABET


def _answer(
    checked: Checked, place: int, why: Sequence[str], numbers: Sequence[int], language: str
) -> Iterator[str]:
    found, records, exposed = checked.found[place], checked.records[place], checked.levels[place]
    yield STATES[found.state].to(language)
    yield found.uid
    yield found.name
    between = "；" if language == "zh" else "; "
    yield between.join(why)
    yield between.join(f"{one.told_apart} {one.uid}" for one in found.candidates)
    yield "" if found.first is None else str(numbers[found.first])
    yield "" if records is None else str(records)
    if checked.with_levels:
        yield "" if exposed is None else LEVELS[exposed.level].to(language)
        yield "" if exposed is None else f"{exposed.exposure:.3f}"


def write_checked(checked: Checked, out: Path, language: str = "zh") -> None:
    """Write a checked list as .csv or .xlsx; what looks like a formula is text.

    Raises:
        QueryError: another ending.
        ReportError: the file cannot be written.
    """
    write = {".csv": _write_csv, ".xlsx": _write_xlsx}[ending_of(out, SUFFIXES)]
    try:
        write(list(result_rows(checked, language)), out, checked.as_of, _SHEET.to(language))
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise ReportError("--out", str(out), f"cannot be written: {error}") from error


def _write_csv(rows: Sequence[Sequence[str]], out: Path, _as_of: date, _title: str) -> None:
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row])


def _write_xlsx(rows: Sequence[Sequence[str]], out: Path, as_of: date, title: str) -> None:
    book = xlsxwriter.Workbook(str(out))
    # The same rows, the same bytes: a workbook would hold the time it was made.
    book.set_properties({"created": datetime.combine(as_of, time.min, UTC)})
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True})
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, fitting(cell), bold if number == 0 else None)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(rows[0]) - 1, 20)
    book.close()
