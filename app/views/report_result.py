"""What became of a job that made reports: its number, its files, or why there are none."""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from app.bootstrap import Services
from app.desk.jobs import DONE, Job
from app.jobs import control
from app.texts.read import text
from app.views import frame, jobs

KIND = "report"
# What a job was asked for, beside its result.
REQUEST = "request.json"
MADE = "made"
_MIME = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html",
    ".json": "application/json",
}
# Every entry of the archive bears it: the same files, the same bytes.
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def draw(services: Services) -> None:
    """Draw the report, or the reports, of the job that is looked at."""
    job = jobs.looked_at(services, (KIND,))
    if job is None or job.open:
        return
    st.subheader(frame.plain(f"{job.id} {job.title}"))
    if job.last.state != DONE:
        jobs.unfinished(services, job, "report.again")
        return
    place = control.folder_of(services.workspace, job)
    answered = json.loads((place / control.ANSWER).read_text("utf-8"))
    if json.loads((place / REQUEST).read_text("utf-8"))["list"]:
        _list(job, answered, place / control.RESULT)
    else:
        number, digest = answered["number"], answered["content_hash"]
        st.success(text("report.made", number=number, hash=digest[:16]))
        downloads([Path(one) for one in answered["files"]], f"job-{job.id}")


def _list(job: Job, items: Sequence[dict[str, Any]], folder: Path) -> None:
    made = sum(one["state"] == MADE for one in items)
    st.success(text("report.made_list", rows=len(items), made=made, rest=len(items) - made))
    st.download_button(
        text("report.all"),
        _zipped(folder),
        f"reports-{job.folder}.zip",
        "application/zip",
        key=f"reports-zip-{job.id}",
        on_click="ignore",
    )
    rows = [
        {
            "行": one["row"],
            "名称": one["name"] or one["code"],
            "结果": text(f"paper.list.{one['state']}"),
            "报告编号": one["number"],
            "报告主体": one["subject"],
            "原因": one["why"],
        }
        for one in items
    ]
    frame.table(rows, f"reports-{job.id}")


def _zipped(folder: Path) -> Callable[[], bytes]:
    def made() -> bytes:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
            for path in sorted(folder.iterdir()):
                package.writestr(zipfile.ZipInfo(path.name, _ZIP_DAY), path.read_bytes())
        return content.getvalue()

    return made


def downloads(files: Sequence[Path], key: str) -> None:
    """Offer files to whoever asks, each read then."""
    row = st.container(horizontal=True)
    for path in files:
        row.download_button(
            path.name,
            path.read_bytes,
            path.name,
            _MIME.get(path.suffix),
            key=f"download-{key}-{path.name}",
            on_click="ignore",
            disabled=not path.is_file(),
        )
