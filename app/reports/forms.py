"""The forms of a report as bytes: the same content, number and time give the same bytes."""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import jinja2
from markupsafe import Markup

from app.desk.archive import Issue
from app.reports.content import Content, kind_said
from app.reports.pdf import write_pdf
from app.reports.picture import svg
from app.reports.sheet import workbook
from app.reports.word import document
from app.texts.read import speaking, text
from graph.errors import ReportError

_TEMPLATES = Path(__file__).parent / "templates"


def page(content: Content, issue: Issue) -> bytes:
    """Return the report as one HTML page that needs nothing else."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    written = environment.get_template("report.html.j2").render(
        content=content,
        issue={
            "number": issue.number,
            "issued_at": issue.issued_at.strftime("%Y-%m-%d %H:%M:%S %Z"),
            "created": issue.issued_at.isoformat(),
            "content_hash": content.hash(),
        },
        kind=kind_said,
        said=text,
        drawn=lambda dot: Markup(svg(dot)),  # noqa: S704 - Graphviz escapes what it draws
        style=Markup((_TEMPLATES / "report.css").read_text("utf-8")),  # noqa: S704 - our own file
    )
    return written.encode()


def printed(content: Content, issue: Issue) -> bytes:
    """Return the report as PDF."""
    with tempfile.TemporaryDirectory() as folder:
        html, pdf = Path(folder, "report.html"), Path(folder, "report.pdf")
        html.write_bytes(page(content, issue))
        write_pdf(html, pdf, issue.issued_at)
        return pdf.read_bytes()


def values(content: Content, issue: Issue) -> bytes:
    """Return all of the report as JSON: the content with its number, time and hash."""
    own = {
        "number": issue.number,
        "issued_at": issue.issued_at.isoformat(),
        "content_hash": content.hash(),
    }
    written = json.dumps(
        {**asdict(content), **own}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return written.encode()


Form = Callable[[Content, Issue], bytes]


def _spoken(form: Form) -> Form:
    """Return a form whose own words are in the language of the report."""

    def made(content: Content, issue: Issue) -> bytes:
        with speaking(content.language):
            return form(content, issue)

    return made


FORMS: Mapping[str, Form] = {
    "html": _spoken(page),
    "pdf": _spoken(printed),
    "docx": _spoken(document),
    "xlsx": _spoken(workbook),
    "json": values,
}


def checked_forms(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the forms asked for, each once.

    Raises:
        ReportError: there is no such form.
    """
    for one in names:
        if one not in FORMS:
            raise ReportError("--format", one, f"must be one of {', '.join(FORMS)}")
    return tuple(dict.fromkeys(names))
