"""Issuing a report: compose, number, write every form that was asked for."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from app.desk.archive import Archive
from app.reports import group, monthly, person, related, tender
from app.reports.ask import Asked, Ground, House, ground_of, in_chinese
from app.reports.forms import FORMS, checked_forms
from app.reports.made import Made
from app.reports.versions import versions
from app.workspace import Workspace, write_whole
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
) -> Issued:
    """Compose the report of a party, number it and write it in each form.

    Raises:
        ReportError: an unknown purpose, kind or form, or a file that cannot be written.
    """
    forms = checked_forms(tuple(formats))
    asked = Asked(
        uid, purpose, as_of, kind, hops, authorisation, applicant, since, listed, known_on
    )
    check(asked)
    return hand_out(house.workspace, ground_of(house, as_of, since), asked, forms, out, now)


def check(asked: Asked) -> None:
    """Refuse a request before anything is computed.

    Raises:
        ReportError: the purpose or the kind is none of those there are.
    """
    if asked.purpose not in purposes():
        raise ReportError("--purpose", asked.purpose, f"must be one of {'、'.join(purposes())}")
    if asked.kind not in KINDS:
        raise ReportError("--kind", asked.kind, f"must be one of {', '.join(KINDS)}")
    if not asked.uid and asked.kind not in NO_SUBJECT:
        raise ReportError("ENTITY", asked.uid, f"is needed for a report of kind {asked.kind}")
    if asked.uid and asked.kind in NO_SUBJECT:
        raise ReportError("ENTITY", asked.uid, f"has no place in a report of kind {asked.kind}")


def hand_out(
    workspace: Workspace,
    ground: Ground,
    asked: Asked,
    forms: Sequence[str],
    out: Path,
    now: datetime,
) -> Issued:
    """Compose, number and write a report that was checked."""
    made = composed(ground, asked)
    archive = Archive(f"sqlite:///{workspace.desk}")
    try:
        request = asked.request(ground, made.content.subject.name, made.content.hash())
        issue = archive.issue(request, now, versions())
        out.mkdir(parents=True, exist_ok=True)
        written = {form: FORMS[form](made.content, issue) for form in forms}
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


def composed(ground: Ground, asked: Asked) -> Made:
    """Return the report that a request makes on some ground."""
    with in_chinese():
        return KINDS[asked.kind](ground, asked)


def _write(made: Made, number: str, written: Mapping[str, bytes], out: Path) -> tuple[Path, ...]:
    named = {**written, **{name: text.encode() for name, text in made.annexes.items()}}
    paths = {out / f"{number}.{name}": content for name, content in named.items()}
    for path, content in paths.items():
        write_whole(path, content)
    return tuple(paths)
