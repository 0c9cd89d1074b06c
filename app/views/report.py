"""报告: a report made for a purpose, the archive of those issued, and verifying one shown."""

import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app.bootstrap import Services
from app.desk.archive import Archive
from app.listing import read_list
from app.reports.ask import Asked, ground_of
from app.reports.bidders import resolve
from app.reports.forms import FORMS
from app.reports.issue import KINDS, NO_SUBJECT, Issued, check, hand_out
from app.reports.verify import Verified, verify_bytes
from app.texts.read import spoken, text
from app.views import frame
from graph.errors import XinmaiError
from loaders.tables.read import purposes

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

RELATED, BIDDERS, MONTHLY = "related", "bidders", "monthly"
_USUAL_FORMS = ("pdf", "docx")
_ISSUED = "report-issued"
# As many names as stand in one line.
_NAMED = 5
_MIME = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html",
    ".json": "application/json",
}


def render(services: Services) -> None:
    """Draw the form, the archive and the verification."""
    st.title(text("report.title"))
    if services.snapshot() is None:
        frame.nothing_loaded()
        return
    frame.state_line(services)
    st.caption(text("frame.notice"))
    make, archive, verify = st.tabs(
        [text("report.make"), text("report.archive"), text("report.verify")]
    )
    with make:
        _make(services)
    with archive:
        _archive(services)
    with verify:
        _verify(services)
    frame.statement("xinmai report ENTITY --purpose 招投标 --format pdf,docx --out DIR")


def _make(services: Services) -> None:
    st.caption(text("report.note"))
    kind = st.selectbox(
        text("report.kind"),
        list(KINDS),
        format_func=lambda code: text(f"report.kind.{code}"),
        key="report-kind",
    )
    picks = _picks(services) if kind == RELATED else ()
    with st.form("report-form"):
        subject, listed, since = "", None, ""
        if kind == BIDDERS:
            listed = st.file_uploader(
                text("report.list"), type=["csv", "xlsx", "txt"], key="report-list"
            )
        elif kind == MONTHLY:
            since = st.selectbox(
                text("report.since"),
                ["", *_former(services)],
                format_func=lambda name: name or text("report.none_before"),
                key="report-since",
            )
        else:
            subject = _subject()
        purpose, forms, authorisation, applicant = _request()
        asked = st.form_submit_button(text("report.button"), type="primary")
    if asked:
        st.session_state.pop(_ISSUED, None)
        missing = _missing(kind, subject, purpose, forms)
        if kind == BIDDERS and listed is None:
            missing = missing or "report.needs_list"
        if missing:
            st.warning(text(missing))
        else:
            request = Asked(
                uid="",
                purpose=str(purpose),
                as_of=frame.as_of(),
                kind=kind,
                authorisation=authorisation.strip(),
                applicant=applicant.strip(),
                since=since,
                listed=picks,
                known_on="" if (known := frame.known_at()) is None else known.isoformat(),
            )
            with frame.told():
                if listed is not None:
                    request = replace(request, listed=_rows(services, listed))
                _issue(services, subject.strip(), tuple(forms), request)
    _downloads()


def _picks(services: Services) -> tuple[tuple[str, ...], ...]:
    """Draw what was put aside on the canvas; return its uids and link keys, one a row."""
    held = st.session_state.get(frame.BASKET) or []
    if not held:
        return ()
    snapshot = services.loaded_snapshot()
    named = {key: snapshot.node(key).name or key for key in held if snapshot.find(key) is not None}
    links = len(held) - len(named)
    shown = ("、" if spoken() == "zh" else ", ").join(list(named.values())[:_NAMED])
    said = text("report.picked", parties=len(named), links=links, names=frame.plain(shown))
    wanted = st.checkbox(said, value=True, key="report-picked")
    return tuple((key,) for key in held) if wanted else ()


def _subject() -> str:
    chosen = st.session_state.get(frame.PARTY)
    known = chosen if isinstance(chosen, str) else ""
    return st.text_input(text("report.subject"), value=known, key="report-subject")


def _request() -> tuple[str | None, list[str], str, str]:
    """Draw what every kind asks for; return purpose, forms, authorisation and applicant."""
    known = purposes()
    left, right = st.columns(2)
    purpose = left.selectbox(
        text("report.purpose"),
        list(known),
        index=None,
        placeholder=text("report.choose"),
        format_func=lambda word: word if spoken() == "zh" else known[word],
        key="report-purpose",
    )
    forms = right.multiselect(
        text("report.forms"),
        list(FORMS),
        default=list(_USUAL_FORMS),
        placeholder=text("report.choose"),
        format_func=str.upper,
        key="report-forms",
    )
    authorisation = left.text_input(text("report.authorisation"), key="report-authorisation")
    applicant = right.text_input(text("report.applicant"), key="report-applicant")
    return purpose, forms, authorisation, applicant


def _missing(kind: str, subject: str, purpose: str | None, forms: list[str]) -> str | None:
    """Return the text that says what a request lacks, or None where it is whole."""
    if purpose is None:
        return "report.needs_purpose"
    if kind not in NO_SUBJECT and not subject.strip():
        return "report.needs_subject"
    return None if forms else "report.needs_form"


def _rows(services: Services, listed: "UploadedFile") -> tuple[tuple[str, ...], ...]:
    """Return the rows of an uploaded list, each as it was looked up."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, Path(listed.name).name)
        path.write_bytes(listed.getvalue())
        return tuple(resolve(services.loaded_snapshot(), read_list(path)).rows())


def _issue(services: Services, subject: str, forms: tuple[str, ...], asked: Asked) -> None:
    if asked.kind not in NO_SUBJECT:
        asked = replace(asked, uid=services.party(subject).uid)
    check(asked)
    with st.spinner(text("report.working")):
        ground = ground_of(services, asked.as_of, asked.since)
        st.session_state[_ISSUED] = hand_out(
            services.workspace,
            ground,
            asked,
            forms,
            services.workspace.folder / "reports",
            datetime.now().astimezone(),
        )


def _downloads() -> None:
    issued = st.session_state.get(_ISSUED)
    if not isinstance(issued, Issued):
        return
    st.success(text("report.made", number=issued.number, hash=issued.content_hash[:16]))
    for path in issued.files:
        st.download_button(
            path.name,
            path.read_bytes(),
            path.name,
            _MIME[path.suffix],
            key=f"download-{path.name}",
            on_click="ignore",
        )


def _former(services: Services) -> list[str]:
    """Return the other snapshots of this workspace."""
    current = services.loaded_snapshot().id
    folders = (services.workspace.folder / "snapshots").iterdir()
    return sorted(one.name for one in folders if one.is_dir() and one.name != current)


def _archive(services: Services) -> None:
    archive = Archive(f"sqlite:///{services.workspace.desk}")
    try:
        listed = archive.listed()
    finally:
        archive.close()
    if not listed:
        st.info(text("report.none"))
        return
    english = purposes()
    rows = [
        {
            "报告编号": one.issue.number,
            "报告主体": one.name,
            "报告用途": one.purpose if spoken() == "zh" else english.get(one.purpose, one.purpose),
            "出具时间": one.issue.issued_at.isoformat(sep=" "),
            "报告快照": one.snapshot,
            "出具次数": one.prints,
        }
        for one in listed
    ]
    frame.table(rows, "reports")


def _verify(services: Services) -> None:
    shown = st.file_uploader(text("report.upload"), type=list(FORMS), key="report-shown")
    if shown is None:
        return
    try:
        with st.spinner(text("report.working")):
            found = verify_bytes(services, shown.name, shown.getvalue())
    except XinmaiError as error:
        st.error(frame.refusal(error))
        return
    if found.same:
        st.success(text("report.same", number=found.number))
        if found.why:
            st.warning(text("report.kept"))
    else:
        st.error(_difference(found))


def _difference(found: Verified) -> str:
    where = "、".join(_place(one) for one in found.differs) or text("report.bytes_alone")
    why = f"；{found.why}" if found.why else ""
    return text("report.differs", number=found.number, where=where, why=frame.plain(why))


def _place(part: int | str) -> str:
    if isinstance(part, int):
        return text("report.section", number=part) if part else text("report.outside")
    return text(f"report.{part}")
