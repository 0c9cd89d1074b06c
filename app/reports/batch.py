"""批量报告: a list in, a folder and an index out; a failing subject never stops the others."""

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2
import xlsxwriter

from app.acting import require
from app.checklist import STATES as STATES_FOUND
from app.checklist import reason_words
from app.listing import Listing
from app.presenters.refusals import refusal
from app.reports.ask import Asked, Ground, House, ground_of
from app.reports.content import canonical
from app.reports.forms import checked_forms
from app.reports.issue import check, hand_out
from app.reports.words import heads, listed, word
from app.rights import Right
from app.texts.read import speaking, text
from app.workspace import write_whole
from graph.analysis.batch import HIT, Found, look_up
from graph.analysis.batch import Asked as Sought
from graph.errors import ReportError, XinmaiError
from graph.identifiers import identity_card
from queries.output import fitting

# What was made so far, a line a subject: a batch that was killed goes on from here.
JOURNAL = "batch.jsonl"
MADE, FAILED, SKIPPED = "made", "failed", "skipped"
STATES = (MADE, FAILED, SKIPPED)
_HEADS = ("行", "名称", "代码", "结果", "报告编号", "主体", "原因", "文件")
_TEMPLATE = """<!DOCTYPE html>
<html lang="{{ code }}"><head><meta charset="utf-8"><title>{{ title }}</title>
<style>body{font-family:"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2em}
table{border-collapse:collapse}th,td{border:1px solid #c9d1d9;padding:.3em .6em;text-align:left}
th{background:#f0f4f9}</style></head><body>
<h1>{{ title }}</h1><p>{{ summary }}</p>
<table><thead><tr>{% for head in heads %}<th>{{ head }}</th>{% endfor %}</tr></thead><tbody>
{% for row in rows %}<tr>{% for cell in row.cells %}<td>{{ cell }}</td>{% endfor %}<td>
{% for file in row.files %}<a href="{{ file }}">{{ file }}</a> {% endfor %}</td></tr>
{% endfor %}</tbody></table></body></html>
"""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the list and what came of it; `files` are names inside the folder."""

    row: int
    name: str
    code: str
    state: str
    number: str = ""
    subject: str = ""
    why: str = ""
    files: tuple[str, ...] = ()

    def cells(self) -> tuple[str, ...]:
        """Return the item as it stands in the index, without its files."""
        state = text(f"paper.list.{self.state}")
        return (str(self.row), self.name, self.code, state, self.number, self.subject, self.why)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that is done: every row of the list once, in its order."""

    items: tuple[Item, ...]
    again: int

    def count(self, state: str) -> int:
        """Return how many rows came to this."""
        return sum(one.state == state for one in self.items)

    def summary(self) -> str:
        """Return in one line what came of the batch."""
        counts = listed(text(f"paper.list.{state}") + f" {self.count(state)}" for state in STATES)
        return text("paper.list.summary", rows=len(self.items), counts=counts)


def issue_list(  # noqa: PLR0913 - what a batch consists of
    house: House,
    listing: Listing,
    asked: Asked,
    *,
    formats: Sequence[str],
    out: Path,
    now: datetime,
    progress: Progress,
) -> Batch:
    """Make the report of every subject of a list; `asked` says for all what one asks for.

    Rows that were made before, with the same request, are not made again.

    Raises:
        ReportError: an unknown purpose, kind or form, or the folder cannot be written.
    """
    with speaking(asked.language):
        return _issue_list(house, listing, asked, checked_forms(tuple(formats)), out, now, progress)


def _issue_list(  # noqa: PLR0913, PLR0917
    house: House,
    listing: Listing,
    asked: Asked,
    forms: Sequence[str],
    out: Path,
    now: datetime,
    progress: Progress,
) -> Batch:
    # Once for all: a row's own refusal would only say that it has no report.
    require(house, Right.REPORT, f"{asked.kind}: {asked.purpose}")
    ground = ground_of(house, asked.as_of, asked.since)
    found = list(look_up(ground.snapshot, listing.asked()))
    check(replace(asked, uid=next((one.uid for one in found if one.uid), "-")))
    try:
        out.mkdir(parents=True, exist_ok=True)
        journal = _Journal(out)
        items: list[Item] = []
        for (row, _), subject, one in zip(listing.rows, listing.asked(), found, strict=True):
            named = identity_card.masked(subject.name), identity_card.masked(listed(subject.codes))
            begun = Item(row, *named, SKIPPED, why=_why(one, subject))
            mine = replace(asked, uid=one.uid)
            key = _key(ground, mine, forms)
            item = _repeated(items, one, begun) or journal.known(key, begun)
            if item is None:
                item = _made(house, ground, mine, one, begun, forms, out, now)
                journal.note(key, item)
            items.append(item)
            progress(f"[{len(items)}/{len(found)}] " + " ".join(filter(None, item.cells())))
        batch = Batch(tuple(items), journal.again)
        _index(batch, out, now)
    except OSError as error:
        raise ReportError("--out", str(out), f"cannot be written: {error.strerror}") from error
    return batch


def _made(  # noqa: PLR0913, PLR0917
    house: House,
    ground: Ground,
    asked: Asked,
    found: Found,
    begun: Item,
    forms: Sequence[str],
    out: Path,
    now: datetime,
) -> Item:
    """Return the row with its report, or with why there is none."""
    if found.state != HIT:
        return begun
    subject = ground.name(asked.uid)
    try:
        issued = hand_out(house, ground, asked, forms, out, now)
    except XinmaiError as error:
        return replace(begun, state=FAILED, subject=subject, why=refusal(error, asked.language))
    except Exception as error:  # noqa: BLE001 - one subject must not stop five hundred others
        return replace(begun, state=FAILED, subject=subject, why=f"{type(error).__name__}: {error}")
    files = tuple(path.name for path in issued.files)
    return replace(begun, state=MADE, number=issued.number, subject=subject, files=files)


def _why(found: Found, subject: Sought) -> str:
    """Return why a row has no report: what its look-up came to, and who else it may be."""
    if found.state == HIT:
        return ""
    state = word(STATES_FOUND[found.state])
    reasons = listed(word(one) for one in reason_words(found, subject))
    named = listed(one.told_apart for one in found.candidates)
    why = text("paper.list.why", state=state, reasons=reasons) if reasons else state
    return why + (text("paper.list.candidates", names=named) if named else "")


def _repeated(items: Sequence[Item], found: Found, begun: Item) -> Item | None:
    """Return a row that asks the same as an earlier one with what that one came to."""
    if found.first is None:
        return None
    first = items[found.first]
    why = text("paper.list.same", row=first.row)
    return replace(first, row=begun.row, name=begun.name, code=begun.code, why=why)


def _key(ground: Ground, asked: Asked, forms: Sequence[str]) -> str:
    values = asdict(asked.request(ground, "", ""))
    return hashlib.sha256(canonical({**values, "forms": list(forms)}).encode()).hexdigest()


class _Journal:
    """What a folder's batches made, by request; a line that was cut short counts for nothing."""

    def __init__(self, out: Path) -> None:
        self._out, self._path = out, out / JOURNAL
        self._known: dict[str, dict[str, Any]] = dict(self._read())
        self.again = 0

    def _read(self) -> Iterator[tuple[str, dict[str, Any]]]:
        if not self._path.is_file():
            return
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                held = json.loads(line)
            except ValueError:
                continue
            if isinstance(held, dict) and held.keys() >= {"key", "number", "subject", "files"}:
                yield str(held["key"]), held

    def known(self, key: str, begun: Item) -> Item | None:
        """Return a row that was made before, as long as its files are there unchanged."""
        held = self._known.get(key)
        if held is None or not all(self._there(name, sha) for name, sha in held["files"]):
            return None
        self.again += 1
        number, subject = str(held["number"]), str(held["subject"])
        return replace(
            begun,
            state=MADE,
            number=number,
            subject=subject,
            files=tuple(name for name, _ in held["files"]),
        )

    def _there(self, name: str, sha256: str) -> bool:
        path = self._out / name
        return path.is_file() and _sha256(path) == sha256

    def note(self, key: str, item: Item) -> None:
        """Append a row that was made."""
        if item.state != MADE:
            return
        files = [(name, _sha256(self._out / name)) for name in item.files]
        held = {"key": key, "number": item.number, "subject": item.subject, "files": files}
        self._known[key] = held
        # On a line of its own also after one that was cut short.
        torn = self._path.is_file() and not self._path.read_bytes().endswith(b"\n")
        with self._path.open("a", encoding="utf-8") as file:
            file.write(("\n" if torn else "") + canonical(held) + "\n")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _index(batch: Batch, out: Path, now: datetime) -> None:
    rows: list[Mapping[str, object]] = [
        {"cells": one.cells(), "files": one.files} for one in batch.items
    ]
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    page = environment.from_string(_TEMPLATE).render(
        heads=heads(*_HEADS),
        rows=rows,
        summary=batch.summary(),
        title=text("paper.list.title"),
        code=text("paper.print.code"),
    )
    write_whole(out / "index.html", page.encode())
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": now.replace(tzinfo=None, microsecond=0)})
    sheet = book.add_worksheet(text("paper.list.title"))
    bold = book.add_format({"bold": True})
    for column, head in enumerate(heads(*_HEADS)):
        sheet.write_string(0, column, head, bold)
    for place, one in enumerate(batch.items, start=1):
        for column, cell in enumerate((*one.cells(), "\n".join(one.files))):
            sheet.write_string(place, column, fitting(cell))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(_HEADS) - 1, 24)
    book.close()
    write_whole(out / "index.xlsx", buffer.getvalue())
