"""核验: a report that somebody shows is made again on the same snapshot and compared with it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.desk.archive import Archive, Archived
from app.reports.ask import House, asked_of, ground_again
from app.reports.forms import FORMS
from app.reports.issue import composed
from app.reports.reading import UNREADABLE, number_in, parts_of
from app.reports.versions import versions
from app.reports.words import clauses, listed
from app.texts.read import text
from graph.errors import ReportError, SnapshotError

# Why a file cannot even be compared: it cannot be read, or nothing of its number was issued.
DAMAGED, UNKNOWN = "damaged", "unknown_number"
_ANNEX = re.compile(r"\.certificate$")


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of comparing a file with the report made again.

    `differs` are the sections that differ, 0 for what stands outside of them, or one of DAMAGED and
    UNKNOWN; none of them and not `same` means other bytes alone. `same` with a `why`: the file is
    one that was written at issue, but making it again now was not possible or gave another.
    """

    number: str
    same: bool
    differs: tuple[int | str, ...]
    why: str = ""

    def words(self) -> str:
        """Return the outcome in one line."""
        if self.same and self.why:
            return text("report.words.written", number=self.number, why=self.why)
        if self.same:
            return text("report.words.same", number=self.number)
        where = listed(map(_named, self.differs)) or text("report.bytes_alone")
        why = text("report.why", why=self.why) if self.why else ""
        return text("report.words.differs", where=where, why=why)

    def to_json(self) -> dict[str, object]:
        """Return the outcome as the command line answers it."""
        return {
            "number": self.number,
            "same": self.same,
            "differs": list(self.differs),
            "why": self.why,
        }


def verify_file(house: House, path: Path) -> Verified:
    """Return whether a file is the report that was issued under its number.

    Raises:
        ReportError: it cannot be read or is no report, or its snapshot is no longer there.
    """
    try:
        shown = path.read_bytes()
    except OSError as error:
        raise ReportError("report", str(path), f"cannot be read: {error.strerror}") from error
    return verify_bytes(house, path.name, shown)


def verify_bytes(house: House, name: str, shown: bytes) -> Verified:
    """Return whether some bytes are the report that was issued under their number.

    Raises:
        ReportError: they are no report, or its snapshot is no longer there.
    """
    form = Path(name).suffix.lower().removeprefix(".")
    if form not in FORMS or _ANNEX.search(Path(name).stem):
        raise ReportError("report", name, f"must end in one of {', '.join(FORMS)}")
    number = number_in(form, shown) or number_in("name", name.encode())
    if number is None:
        raise ReportError("report", name, "holds no report number XM-yyyymmdd-nnnnnn")
    issued = _archived(house, number)
    if issued is None:
        return Verified(number, same=False, differs=(UNKNOWN,))
    kept = (form, hashlib.sha256(shown).hexdigest()) in _written(house, number)
    try:
        return _compared(house, issued, form, shown, kept=kept)
    except (ReportError, SnapshotError) as error:
        if not kept:
            raise
        return Verified(
            number, same=True, differs=(), why=text("report.why.not_again", error=error)
        )


def _compared(house: House, issued: Archived, form: str, shown: bytes, *, kept: bool) -> Verified:
    """Return what comes of making the report again; `kept`: the file is one that was written."""
    number = issued.issue.number
    if issued.request is None:
        rule = "was issued by an earlier form and cannot be made again"
        raise ReportError("report", number, rule)
    made = composed(ground_again(house, issued.request), asked_of(issued.request))
    again = FORMS[form](made.content, issued.issue)
    if shown == again:
        return Verified(number, same=True, differs=())
    why = _why(issued, made.content.hash())
    if kept:
        said = text("report.why.other_now", why=why)
        return Verified(number, same=True, differs=(), why=said)
    titles = [section.title for section in made.content.sections]
    places = _different(parts_of(form, shown, titles), parts_of(form, again, titles))
    return Verified(number, same=False, differs=tuple(places), why=why)


def _archived(house: House, number: str) -> Archived | None:
    archive = Archive(f"sqlite:///{house.workspace.desk}")
    try:
        return archive.find(number)
    finally:
        archive.close()


def _written(house: House, number: str) -> set[tuple[str, str]]:
    archive = Archive(f"sqlite:///{house.workspace.desk}")
    try:
        return archive.written(number)
    finally:
        archive.close()


def _different(shown: Mapping[int, str], again: Mapping[int, str]) -> list[int | str]:
    """Return which sections differ, in order; 0 is what stands outside of them."""
    if UNREADABLE in shown:
        return [DAMAGED]
    return [one for one in sorted({*shown, *again}) if shown.get(one) != again.get(one)]


def _named(part: int | str) -> str:
    if isinstance(part, int):
        return text("report.section", number=part) if part else text("report.outside")
    return text("report.words.unknown" if part == UNKNOWN else "report.damaged")


def _why(issued: Archived, content_hash: str) -> str:
    """Return what else than a changed file may be behind a difference."""
    now = versions()
    other = [
        f"{name} {old} → {now.get(name, '—')}"
        for name, old in issued.versions.items()
        if now.get(name) != old
    ]
    reasons = [] if issued.content_hash == content_hash else [text("report.why.hash")]
    reasons += [text("report.why.versions", versions=listed(other))] if other else []
    return clauses(reasons)
