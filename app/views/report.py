"""报告: a report made for a purpose, the archive of those issued, and verifying one shown."""

from datetime import datetime

import streamlit as st

from app.bootstrap import Services
from app.desk.archive import Archive
from app.reports.forms import FORMS
from app.reports.issue import KINDS, NO_SUBJECT, Issued, issue_report
from app.reports.verify import Verified, verify_bytes
from app.texts.read import spoken, text
from app.views import frame
from graph.errors import XinmaiError
from loaders.tables.read import purposes

_USUAL_FORMS = ("pdf", "docx")
_ISSUED = "report-issued"
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
        st.info(text("frame.empty"))
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
    known = purposes()
    with st.form("report-form"):
        kind = st.selectbox(
            text("report.kind"),
            list(KINDS),
            format_func=lambda code: text(f"report.kind.{code}"),
            key="report-kind",
        )
        chosen = st.session_state.get(frame.PARTY)
        subject = st.text_input(
            text("report.subject"),
            value=chosen if isinstance(chosen, str) else "",
            key="report-subject",
        )
        purpose = st.selectbox(
            text("report.purpose"),
            list(known),
            index=None,
            placeholder=text("report.choose"),
            format_func=lambda word: word if spoken() == "zh" else known[word],
            key="report-purpose",
        )
        authorisation = st.text_input(text("report.authorisation"), key="report-authorisation")
        applicant = st.text_input(text("report.applicant"), key="report-applicant")
        forms = st.multiselect(
            text("report.forms"),
            list(FORMS),
            default=list(_USUAL_FORMS),
            placeholder=text("report.choose"),
            format_func=str.upper,
            key="report-forms",
        )
        since = st.selectbox(
            text("report.since"),
            ["", *_former(services)],
            format_func=lambda name: name or text("report.none_before"),
            key="report-since",
        )
        asked = st.form_submit_button(text("report.button"), type="primary")
    if asked:
        st.session_state.pop(_ISSUED, None)
        missing = _missing(kind, subject, purpose, forms)
        if missing:
            st.warning(text(missing))
        else:
            request = {
                "kind": kind,
                "purpose": str(purpose),
                "authorisation": authorisation.strip(),
                "applicant": applicant.strip(),
                "since": since if kind in NO_SUBJECT else "",
            }
            _issue(services, subject.strip(), tuple(forms), request)
    _downloads()


def _missing(kind: str, subject: str, purpose: str | None, forms: list[str]) -> str | None:
    """Return the text that says what a request lacks, or None where it is whole."""
    if purpose is None:
        return "report.needs_purpose"
    if kind not in NO_SUBJECT and not subject.strip():
        return "report.needs_subject"
    return None if forms else "report.needs_form"


def _issue(
    services: Services, subject: str, forms: tuple[str, ...], request: dict[str, str]
) -> None:
    try:
        uid = "" if request["kind"] in NO_SUBJECT else services.party(subject).uid
        with st.spinner(text("report.working")):
            st.session_state[_ISSUED] = issue_report(
                services,
                uid,
                as_of=frame.as_of(),
                hops=None,
                formats=forms,
                out=services.workspace.folder / "reports",
                now=datetime.now().astimezone(),
                **request,
            )
    except XinmaiError as error:
        st.error(frame.plain(str(error)))


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
    folders = services.workspace.snapshots.iterdir()
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
            "打印次数": one.prints,
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
        st.error(frame.plain(str(error)))
        return
    if found.same:
        st.success(text("report.same", number=found.number))
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
