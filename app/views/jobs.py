"""Jobs on a screen: what runs with its progress and an end to it, what ended, what is looked at."""

import re
from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from app.bootstrap import Services
from app.desk.jobs import FAILED, INTERRUPTED, STOPPED, Job, NewJob
from app.jobs import control
from app.presenters import figures
from app.presenters.refusals import retold
from app.rights import right_of_job
from app.texts.read import speak, spoken, text
from app.views import frame, no_right, person
from graph.errors import RightError, XinmaiError

POLL_SECONDS = 2
JOB = "job"
SCAN = "scan"
# Digits as no database is too small for: whatever else an address says is no job.
_NUMBER = re.compile(r"[0-9]{1,18}")


def who() -> str:
    """Return in whose name a person works."""
    return person.who()


def now() -> datetime:
    """Return the time, with its zone: what people do is dated."""
    return datetime.now().astimezone()


def start(services: Services, new: NewJob) -> None:
    """Start a job and look at it."""
    look_at(control.start(services, new, now()))


def look_at(job: Job) -> None:
    """Make a job the one whose result the screen shows."""
    st.session_state[JOB] = job.id
    st.query_params[JOB] = str(job.id)


def looked_at(services: Services, kinds: Sequence[str]) -> Job | None:
    """Return the job that the address or the session names, if it is of these kinds."""
    given = str(st.session_state.get(JOB) or st.query_params.get(JOB) or "")
    if not _NUMBER.fullmatch(given):
        return None
    try:
        job = control.find(services, int(given))
    except RightError:
        # Which jobs one may see is told where they are listed; another's address opens nothing.
        raise
    except XinmaiError as error:
        st.warning(frame.refusal(error))
        return None
    wanted = not kinds or job.kind in kinds
    return job if wanted else None


def unfinished(services: Services, job: Job, label: str) -> None:
    """Say why a job has no result, with a button of this label to begin it again."""
    said = frame.plain(_message(job))
    st.warning(text("jobs.said", state=text(f"jobs.{job.last.state}"), message=said))
    if st.button(text(label), key=f"again-{job.id}"):
        look_at(control.again(services, job, who(), now()))
        st.rerun()


def _message(job: Job) -> str:
    """Return the last word of a job; why it was refused in the language of the screen."""
    return retold(job.last.message.removeprefix("xinmai: "), spoken())


def block(services: Services, kinds: tuple[str, ...]) -> None:
    """Draw the jobs of some kinds; looked at anew every two seconds while one works."""
    busy = any(job.open for job in control.latest(services, kinds))
    draw = st.fragment(frame.told()(_block), run_every=POLL_SECONDS if busy else None)
    draw(services, kinds, spoken(), busy=busy)


def everything(services: Services) -> None:
    """Draw the jobs of all kinds, what the chosen one made, and the scan of every party."""
    st.subheader(text("jobs.heading"))
    found = control.latest(services)
    with st.container():
        if not found:
            st.caption(text("jobs.none"))
    scanning = any(job.open and job.kind == SCAN for job in found)
    lacking = no_right.lacks(services.user, right_of_job(SCAN))
    about = lacking or text("jobs.scan_help")
    idle = scanning or lacking is not None
    if st.button(text("jobs.scan"), key="scan-go", disabled=idle, help=about):
        _scan(services)
    block(services, ())
    job = looked_at(services, ())
    if job is not None and not job.open:
        _made(services, job)


def _scan(services: Services) -> None:
    """Start the exposure of every party, which takes minutes on a large graph."""
    place = control.new_folder(services.workspace)
    out = place / control.RESULT / "scan.xlsx"
    command: tuple[str, ...] = (
        SCAN,
        "--as-of",
        frame.as_of().isoformat(),
        "--scaled",
        "--out",
        str(out),
    )
    if (known := frame.known_at()) is not None:
        command = (*command, "--known-at", known.isoformat())
    start(services, NewJob(SCAN, text("jobs.scan"), command, place.name, who()))
    st.rerun()


def _made(services: Services, job: Job) -> None:
    """Draw the state of an ended job, its last word and its files."""
    told = {"state": text(f"jobs.{job.last.state}"), "message": frame.plain(_message(job))}
    st.markdown(f"**{job.id} {frame.plain(job.title)}**")
    st.caption(text("jobs.said", **told))
    folder = control.folder_of(services.workspace, job) / control.RESULT
    if job.kind == SCAN:
        st.caption(text("frame.notice"))
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        st.download_button(
            path.name, path.read_bytes, path.name, on_click="ignore", key=f"made-{path.name}"
        )
    if job.last.state in (FAILED, STOPPED, INTERRUPTED) and st.button(
        text("jobs.again"), key=f"made-again-{job.id}"
    ):
        look_at(control.again(services, job, who(), now()))
        st.rerun()


def _block(services: Services, kinds: tuple[str, ...], language: str, *, busy: bool) -> None:
    # A fragment runs alone: the language is chosen again.
    speak(language)
    found = control.latest(services, kinds)
    working = [job for job in found if job.open]
    if busy and not working:
        # The last one ended: the whole screen shows what came of it.
        st.rerun()
    # In one place: the list of ended jobs stays open as one more begins or ends.
    with st.container():
        for job in working:
            _working(services, job)
    _history([job for job in found if not job.open])


def _working(services: Services, job: Job) -> None:
    left, right = st.columns([6, 1], vertical_alignment="bottom")
    share = min(1.0, (job.last.done or 0) / job.last.total) if job.last.total else 0.0
    count = f"{job.last.done}/{job.last.total}" if job.last.total else "…"
    state = text(f"jobs.{job.last.state}")
    words = f"{job.id} {frame.plain(job.title)} · {state} {count} {frame.plain(_message(job))}"
    left.progress(share, words)
    if right.button(text("jobs.stop"), key=f"stop-{job.id}"):
        try:
            control.stop(services, job.id, who(), now())
        except XinmaiError as error:
            st.error(frame.refusal(error))
        else:
            st.rerun()


def _history(ended: Sequence[Job]) -> None:
    if not ended:
        return
    with st.expander(text("jobs.history", count=len(ended))):
        rows = [
            {
                text("jobs.number"): job.id,
                text("jobs.title"): job.title,
                text("jobs.state"): text(f"jobs.{job.last.state}"),
                text("jobs.count"): "" if job.last.total is None else str(job.last.total),
                text("jobs.ended"): figures.moment(job.ended_at or job.made_at),
                text("jobs.author"): job.author,
                text("jobs.message"): _message(job),
            }
            for job in ended
        ]
        key = f"history-{ended[0].id}-{len(ended)}"
        said = st.dataframe(
            rows,
            hide_index=True,
            width="stretch",
            key=key,
            on_select="rerun",
            selection_mode="single-row",
        )
        chosen = said["selection"]["rows"]
        if chosen and st.session_state.get(f"{key}-seen") != chosen:
            st.session_state[f"{key}-seen"] = chosen
            look_at(ended[chosen[0]])
            st.rerun()
