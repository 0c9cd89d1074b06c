"""The archive of reports with their files, and verifying a file that somebody shows."""

import json
from pathlib import Path

import streamlit as st

from app.bootstrap import Services
from app.desk.archive import Archive, Archived
from app.desk.jobs import DONE, NewJob
from app.jobs import control
from app.reports.forms import FORMS
from app.reports.kept import kept
from app.reports.verify import Verified
from app.texts.read import spoken, text
from app.views import frame, jobs, report_result
from loaders.tables.read import purposes

KIND = "report-verify"


def archive(services: Services) -> None:
    """Draw the reports that were issued; the files of the chosen one can be downloaded."""
    held = Archive(f"sqlite:///{services.workspace.desk}")
    try:
        listed = held.listed()
    finally:
        held.close()
    if not listed:
        st.info(text("report.none"))
        return
    st.caption(text("report.pick"))
    place = frame.picked([_row(one) for one in listed], "reports")
    if place is None:
        return
    number = listed[place].issue.number
    files = kept(services.workspace, number)
    if files:
        report_result.downloads(files, f"archive-{number}")
    else:
        st.info(text("report.gone", number=number))


def _row(one: Archived) -> dict[str, object]:
    purpose = one.purpose if spoken() == "zh" else purposes().get(one.purpose, one.purpose)
    asked = one.request
    return {
        "报告编号": one.issue.number,
        "报告种类": text(f"paper.kind.{asked.kind}") if asked else "",
        "报告主体": one.name,
        "报告用途": purpose,
        "报告语言": text(f"report.language.{asked.language}") if asked else "",
        "出具时间": one.issue.issued_at.isoformat(sep=" "),
        "报告快照": one.snapshot,
        "出具次数": one.prints,
    } | ({text("audit.by"): text("frame.comma").join(one.authors)} if one.authors else {})


def verify(services: Services) -> None:
    """Draw the upload; what is shown is made again in a job, and compared."""
    shown = st.file_uploader(text("report.upload"), type=list(FORMS), key="report-shown")
    if st.button(text("report.verify"), key="report-verify-go", disabled=shown is None) and shown:
        place = control.new_folder(services.workspace)
        path = place / Path(shown.name).name
        path.write_bytes(shown.getvalue())
        title = text("report.verify_job", file=path.name)
        command = ("report", "verify", str(path), "--json", "--language", spoken())
        jobs.start(services, NewJob(KIND, title, command, place.name, jobs.who()))
        st.rerun()
    jobs.block(services, (KIND,))
    job = jobs.looked_at(services, (KIND,))
    if job is None or job.open:
        return
    st.subheader(frame.plain(f"{job.id} {job.title}"))
    if job.last.state != DONE:
        jobs.unfinished(services, job, "jobs.again")
        return
    answer = control.folder_of(services.workspace, job) / control.ANSWER
    said = json.loads(answer.read_text("utf-8"))
    _outcome(Verified(said["number"], said["same"], tuple(said["differs"]), said["why"]))


def _outcome(found: Verified) -> None:
    if not found.same:
        st.error(frame.plain(found.words()))
        return
    st.success(frame.plain(text("report.same", number=found.number)))
    if found.why:
        st.warning(text("report.kept"))
