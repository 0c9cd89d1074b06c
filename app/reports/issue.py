"""Issuing a report: compose, number, write html, pdf, json."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import jinja2
from markupsafe import Markup

from app.desk.archive import Archive, Issue, Request
from app.reports.compose import Asked, compose
from app.reports.content import Content
from app.reports.pdf import write_pdf
from app.reports.picture import svg
from app.workspace import Workspace, write_whole
from graph.analysis.answers import Exposure
from graph.analysis.control import controls
from graph.analysis.party import Described, describe
from graph.analysis.view import View
from graph.errors import ReportError
from graph.model import Subgraph
from graph.schema.codes import KINDS
from graph.snapshot.reader import Snapshot
from loaders.tables.read import purposes

FORMATS = ("html", "pdf", "json")
# A picture with more nodes is not readable on a page (screens.md 5).
PICTURE_NODES = 40
PICTURE_PATHS = 3
_TEMPLATES = Path(__file__).parent / "templates"
# What a picture of relations leaves out: shared attributes say little and fill the page.
_DRAWN = (
    "HOLDS_SHARES",
    "REPRESENTS",
    "HOLDS_POST",
    "BRANCH_OF",
    "GUARANTEES",
    "SERVES",
    "PRACTISES_AT",
    "SIGNS_FOR",
    "RELATED",
)


class House(Protocol):
    """What a report asks of the services."""

    @property
    def workspace(self) -> Workspace:
        """Return the workspace, whose desk numbers reports."""

    def loaded_snapshot(self) -> Snapshot:
        """Return the current snapshot."""

    def view(self, as_of: date) -> View:
        """Return the graph of a day."""

    def expose(self, uid: str, as_of: date, hops: int | None = None) -> Exposure:
        """Return the exposure of a party."""

    def network(
        self,
        uids: Sequence[str],
        *,
        hops: int = 1,
        types: Sequence[str] | None = None,
        as_of: date,
        limit: int | None = None,
    ) -> Subgraph:
        """Return what surrounds some parties."""


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
) -> Issued:
    """Compose the report of a party, number it and write it in each format.

    Raises:
        ReportError: an unknown purpose or format, or a file that cannot be written.
    """
    if purpose not in purposes():
        raise ReportError("--purpose", purpose, f"must be one of {'、'.join(purposes())}")
    for one in formats:
        if one not in FORMATS:
            raise ReportError("--format", one, f"must be one of {', '.join(FORMATS)}")
    snapshot = house.loaded_snapshot()
    described = describe(snapshot, uid, as_of)
    found = house.expose(uid, as_of, hops)
    controlled = tuple(controls(house.view(as_of), uid))
    content = compose(Asked(described, found, controlled, purpose, as_of, snapshot))
    picture = _picture(house, described, found, as_of)
    issue = _number(house.workspace, content, now)
    try:
        out.mkdir(parents=True, exist_ok=True)
        files = _write(content, issue, picture, formats, out)
    except OSError as error:
        raise ReportError("report", str(out), f"cannot be written: {error.strerror}") from error
    return Issued(issue.number, content.hash(), files)


def _picture(house: House, described: Described, found: Exposure, as_of: date) -> str:
    near = house.network(
        [described.node.uid], hops=1, types=_DRAWN, as_of=as_of, limit=PICTURE_NODES
    )
    ways = [uid for part in found.contributions[:PICTURE_PATHS] for uid in part.path]
    # The paths first: where the neighbours are many, it is they that are left out.
    uids = list(dict.fromkeys([described.node.uid, *ways, *(node.uid for node in near.nodes)]))
    part_of_graph = house.network(
        uids[:PICTURE_NODES], hops=0, types=_DRAWN, as_of=as_of, limit=PICTURE_NODES
    )
    snapshot = house.loaded_snapshot()
    marks = {}
    for node in part_of_graph.nodes:
        own = snapshot.records_of(node.uid, as_of)
        active = sum(1 for one in own if one.status == "active" and not one.positive)
        if active:
            marks[node.uid] = f"自身记录 {active}"
    return svg(part_of_graph, marks)


def _number(workspace: Workspace, content: Content, now: datetime) -> Issue:
    archive = Archive(f"sqlite:///{workspace.desk}")
    request = Request(
        uid=content.subject.uid,
        name=content.subject.name,
        purpose=content.purpose,
        as_of=content.as_of,
        snapshot=content.snapshot,
        policy=content.policy,
        content_hash=content.hash(),
    )
    try:
        return archive.issue(request, now)
    finally:
        archive.close()


def _write(
    content: Content, issue: Issue, picture: str, formats: Sequence[str], out: Path
) -> tuple[Path, ...]:
    stem = out / issue.number
    page = stem.with_suffix(".html")
    files = []
    if "json" in formats:
        write_whole(stem.with_suffix(".json"), content.canonical().encode())
        files.append(stem.with_suffix(".json"))
    if {"html", "pdf"} & set(formats):
        write_whole(page, render(content, issue, picture).encode())
        files.append(page)
    if "pdf" in formats:
        write_pdf(page, stem.with_suffix(".pdf"), issue.issued_at)
        files.append(stem.with_suffix(".pdf"))
    if "html" not in formats and page in files:
        page.unlink()
        files.remove(page)
    return tuple(files)


def render(content: Content, issue: Issue, picture: str) -> str:
    """Return the report as one HTML page that needs nothing else."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("report.html.j2").render(
        content=content,
        issue={
            "number": issue.number,
            "issued_at": issue.issued_at.strftime("%Y-%m-%d %H:%M:%S %Z"),
            "content_hash": content.hash(),
        },
        kinds={name: words.zh for name, words in KINDS.items()},
        pictures={"network": picture},
        style=Markup((_TEMPLATES / "report.css").read_text("utf-8")),  # noqa: S704 - our own file
    )
