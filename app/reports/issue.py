"""Issuing a report: compose, number, write every form that was asked for."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from app.acting import require
from app.desk.archive import Archive
from app.reports import group, monthly, person, related, tender
from app.reports.ask import Asked, Ground, House, Step, ground_of
from app.reports.forms import FORMS, checked_forms
from app.reports.made import Made
from app.reports.versions import versions
from app.rights import Right
from app.texts.read import LANGUAGES, speaking, text
from app.workspace import write_whole
from graph.errors import ReportError
from loaders.tables.read import purposes

KINDS: Mapping[str, Callable[[Ground, Asked], Made]] = {
    "related": related.compose,
    "person": person.compose,
    "group": group.compose,
    "bidders": tender.compose,
    "monthly": monthly.compose,
}
# Kinds that are about no party.
NO_SUBJECT = ("bidders", "monthly")


@dataclass(frozen=True, slots=True)
class Issued:
    """A report as it was handed out."""

    number: str
    content_hash: str
    files: tuple[Path, ...]


def issue_report(  # noqa: PLR0913 - what a request consists of
    house: House,
    uid: str,
    *,
    purpose: str,
    as_of: date,
    hops: int | None,
    formats: Sequence[str],
    out: Path,
    now: datetime,
    kind: str = "related",
    authorisation: str = "",
    applicant: str = "",
    since: str = "",
    listed: tuple[tuple[str, ...], ...] = (),
    known_on: str = "",
    language: str = "zh",
) -> Issued:
    """Compose the report of a party, number it and write it in each form.

    Raises:
        ReportError: an unknown purpose, kind or form, or a file that cannot be written.
    """
    forms = checked_forms(tuple(formats))
    asked = Asked(
        uid,
        purpose,
        as_of,
        kind,
        hops,
        authorisation,
        applicant,
        since,
        listed,
        known_on,
        language,
    )
    check(asked)
    return hand_out(house, ground_of(house, as_of, since), asked, forms, out, now)


def check(asked: Asked) -> None:
    """Refuse a request before anything is computed.

    Raises:
        ReportError: the purpose, the kind or the language is none of those there are.
    """
    if asked.purpose not in purposes():
        raise ReportError("--purpose", asked.purpose, f"must be one of {', '.join(purposes())}")
    if asked.kind not in KINDS:
        raise ReportError("--kind", asked.kind, f"must be one of {', '.join(KINDS)}")
    if asked.language not in LANGUAGES:
        raise ReportError("--language", asked.language, f"must be one of {', '.join(LANGUAGES)}")
    if not asked.uid and asked.kind not in NO_SUBJECT:
        raise ReportError("ENTITY", asked.uid, f"is needed for a report of kind {asked.kind}")
    if asked.uid and asked.kind in NO_SUBJECT:
        raise ReportError("ENTITY", asked.uid, f"has no place in a report of kind {asked.kind}")


def hand_out(  # noqa: PLR0913, PLR0917 - what handing out consists of
    house: House,
    ground: Ground,
    asked: Asked,
    forms: Sequence[str],
    out: Path,
    now: datetime,
    step: Step | None = None,
) -> Issued:
    """Compose, number and write a report that was checked; `step` is told how far it is.

    Raises:
        RightError: whoever acts has no right to make reports.
        ReportError: a file cannot be written.
    """
    require(house, Right.REPORT, f"{asked.kind} {asked.uid}: {asked.purpose}")
    along = _Along(step, len(forms), asked.language)
    made = composed(replace(ground, step=along.section), asked)
    archive = Archive(f"sqlite:///{house.workspace.desk}")
    try:
        request = asked.request(ground, made.content.subject.name, made.content.hash())
        issue = archive.issue(request, now, versions(), house.user.signs(""))
        out.mkdir(parents=True, exist_ok=True)
        written = {form: along.form(form, FORMS[form](made.content, issue)) for form in forms}
        files = _write(made, issue.number, written, out)
        archive.wrote(
            issue.number,
            {form: hashlib.sha256(content).hexdigest() for form, content in written.items()},
        )
    except OSError as error:
        raise ReportError("report", str(out), f"cannot be written: {error.strerror}") from error
    finally:
        archive.close()
    return Issued(issue.number, made.content.hash(), files)


class _Along:
    """How far a report is: its sections first, then its forms."""

    def __init__(self, step: Step | None, forms: int, language: str) -> None:
        self._step, self._forms, self._done, self._sections = step, forms, 0, 0
        self._language = language

    def section(self, done: int, sections: int, words: str) -> None:
        """Tell that a section is written."""
        self._done, self._sections = done, sections
        self._tell(words)

    def form(self, name: str, content: bytes) -> bytes:
        """Tell that a form is made, and return it."""
        self._done += 1
        with speaking(self._language):
            self._tell(text("paper.step.form", form=name.upper()))
        return content

    def _tell(self, words: str) -> None:
        if self._step is not None:
            self._step(self._done, self._sections + self._forms, words)


def composed(ground: Ground, asked: Asked) -> Made:
    """Return the report that a request makes on some ground."""
    with speaking(asked.language):
        return KINDS[asked.kind](ground, asked)


def _write(made: Made, number: str, written: Mapping[str, bytes], out: Path) -> tuple[Path, ...]:
    named = {**written, **{name: text.encode() for name, text in made.annexes.items()}}
    paths = {out / f"{number}.{name}": content for name, content in named.items()}
    for path, content in paths.items():
        write_whole(path, content)
    return tuple(paths)
