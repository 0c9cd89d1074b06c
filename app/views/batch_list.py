"""名单核查: each row hit, no hit or for a person to say; the person says it here."""

import json
import shlex
import tempfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import streamlit as st

from app.acting import require
from app.bootstrap import Services
from app.checked import candidate_rows, checked_rows, checked_to_json, read_checked, settled
from app.checklist import STATES, Checked, check, write_checked
from app.desk.choices import Choices
from app.desk.jobs import DONE, FAILED, RUNNING, Job, NewJob, Said
from app.jobs import control
from app.listing import read_list
from app.rights import Right
from app.texts.read import spoken, text
from app.views import address, frame, jobs, network
from app.views.listing_input import Given, ask_list
from app.views.picking import pick_party
from app.workspace import Workspace, write_whole
from graph.analysis.batch import ASK, HIT
from graph.errors import XinmaiError

KIND = "check"
# Seconds a row, measured on a million parties (benchmarks/RESULTS.md): 500 names in 1.2 s, an
# exposure in 6.5 ms. What takes longer than ten seconds is a job.
_ROW_SECONDS, _LEVEL_SECONDS = 0.0024, 0.0065
_JOB_SECONDS = 10.0
_ALL = "all"
_NOBODY = ""


@cache
def choices_of(workspace: Workspace) -> Choices:
    """Return the choices of a workspace's desk, opened once a process."""
    return Choices(f"sqlite:///{workspace.desk}")


def draw(services: Services) -> None:
    """Draw the input, the jobs and the result that is looked at."""
    given = ask_list("check")
    levels = st.checkbox(text("batch.levels"), key="check-levels")
    # In one place: the list of jobs below stays open as a list comes.
    with st.container():
        if given is not None:
            _offer(services, given, levels=levels)
    jobs.block(services, (KIND,))
    job = jobs.looked_at(services, (KIND,))
    if job is not None and not job.open:
        _result(services, job)


def _offer(services: Services, given: Given, *, levels: bool) -> None:
    """Say how long the list takes, and check it when asked to."""
    seconds = len(given.listing.rows) * (_ROW_SECONDS + levels * _LEVEL_SECONDS)
    as_job = seconds > _JOB_SECONDS
    st.caption(text("batch.as_job" if as_job else "batch.at_once", seconds=max(1, round(seconds))))
    if st.button(text("batch.check"), type="primary", key="check-go"):
        _begin(services, given, frame.as_of(), levels=levels, as_job=as_job)


def _begin(services: Services, given: Given, as_of: date, *, levels: bool, as_job: bool) -> None:
    """Check a list: in a process of its own where it takes long, else here; kept alike."""
    place = control.new_folder(services.workspace)
    path = given.write(place)
    options = zip(("--name-column", "--code-column"), given.columns, strict=True)
    named = [word for option, value in options if value for word in (option, value)]
    command = ("check", str(path), "--json", "--as-of", as_of.isoformat(), *named)
    if levels:
        command = (*command, "--levels")
    if (known := frame.known_at()) is not None:
        command = (*command, "--known-at", known.isoformat())
    new = NewJob(KIND, given.title, command, place.name, jobs.who())
    if as_job:
        jobs.start(services, new)
        st.rerun()
    table = control.jobs_of(services.workspace)
    job = control.queue(services, new, jobs.now())
    table.say(job.id, Said(RUNNING), jobs.now())
    count = len(given.listing.rows)
    try:
        with st.spinner(text("batch.checking", rows=count)):
            done = check(services, given.listing, as_of, with_levels=levels)
            content = json.dumps(checked_to_json(done), ensure_ascii=False).encode()
            write_whole(place / control.ANSWER, content)
    except (XinmaiError, OSError) as error:
        table.say(job.id, Said(FAILED, str(error)), jobs.now())
        raise
    table.say(job.id, Said(DONE, "", count, count), jobs.now())
    jobs.look_at(job)
    st.rerun()


def _result(services: Services, job: Job) -> None:
    place = control.folder_of(services.workspace, job)
    st.subheader(frame.plain(f"{job.id} {job.title}"))
    if job.last.state != DONE:
        jobs.unfinished(services, job, "jobs.again")
        return
    before = _read(str(place), (place / control.ANSWER).stat().st_mtime_ns)
    chosen = choices_of(services.workspace).standing(job.folder)
    done = settled(services, before, chosen)
    with st.container():
        if done.snapshot != services.loaded_snapshot().id:
            st.info(text("batch.other_snapshot", snapshot=done.snapshot))
    counts = " · ".join(f"{STATES[state].to(spoken())} {n}" for state, n in done.counts.items())
    st.markdown(
        "**"
        + text("batch.counts", rows=len(done.found), counts=counts, seconds=f"{done.seconds:.2f}")
        + "**"
    )
    st.caption(text("batch.searched", snapshot=done.snapshot, as_of=done.as_of))
    if done.with_levels:
        st.caption(text("frame.notice"))
    # In one place: the files below it can be taken while a row is chosen.
    with st.container():
        _table(services, job, before, done)
    _downloads(job, done)
    hits = list(dict.fromkeys(one.uid for one in done.found if one.state == HIT))
    hits = hits[: services.settings.canvas_limit]
    if hits and st.button(text("batch.open_hits", count=len(hits)), key=f"hits-{job.id}"):
        network.start_with(hits)
        address.go_to("network")
    frame.statement(shlex.join(("xinmai", *job.command)))


@st.cache_resource(max_entries=8, show_spinner=False)
def _read(place: str, changed: int) -> Checked:
    """Return the kept answer of a list; it is read anew when its file changed."""
    del changed
    folder = Path(place)
    path = next(folder.glob("list.*"))
    return read_checked(read_list(path), folder / control.ANSWER)


def _table(services: Services, job: Job, before: Checked, done: Checked) -> None:
    shown = st.segmented_control(
        text("batch.show"),
        [_ALL, *STATES],
        default=_ALL,
        format_func=lambda one: text("batch.all") if one == _ALL else STATES[one].to(spoken()),
        key=f"show-{job.id}",
        required=True,
    )
    places = [n for n, one in enumerate(done.found) if shown in (_ALL, one.state)]
    if not places:
        st.info(text("batch.none_so"))
        return
    rows = checked_rows(done, spoken())
    said = st.dataframe(
        pl.DataFrame([rows[place] for place in places], infer_schema_length=None),
        hide_index=True,
        width="stretch",
        key=f"rows-{job.id}-{shown}-{len(places)}",
        on_select="rerun",
        selection_mode="single-row",
    )
    chosen = said["selection"]["rows"]
    if chosen and chosen[0] < len(places):
        _row(services, job, before, done, places[chosen[0]])
    elif done.counts[ASK]:
        st.caption(text("batch.select"))


def _row(services: Services, job: Job, before: Checked, done: Checked, place: int) -> None:
    """Draw what can be done with one row: look at a hit, settle what is for a person."""
    number = done.listing.rows[place][0]
    if done.found[place].state == HIT:
        uid = done.found[place].uid
        row = st.container(horizontal=True)
        for page in ("party", "network"):
            if row.button(text(f"batch.to_{page}"), key=f"to-{page}-{number}"):
                network.start_with([uid])
                address.go_to(page)
    if before.found[place].state != ASK:
        return
    st.markdown(f"**{text('batch.settle', row=number)}**")
    rows = candidate_rows(services, before.found[place].candidates, done.as_of, spoken())
    if rows:
        frame.table(rows, f"candidates-{job.id}-{number}")
    known = {one.uid: one.name for one in before.found[place].candidates}
    words = known | {_NOBODY: text("batch.nobody")}
    picked: str | None = st.radio(
        text("batch.whom"),
        list(words),
        index=None,
        format_func=lambda uid: frame.plain(f"{words[uid]} {uid}".strip()),
        key=f"choice-{job.id}-{number}",
    )
    other = pick_party(services, text("batch.somebody_else"), f"other-{job.id}-{number}")
    meant: str | None = other or picked
    if st.button(text("batch.settle_go"), key=f"settle-{number}", disabled=meant is None):
        require(services, Right.REPORT, f"{job.id} {job.title}: {number}")
        choices_of(services.workspace).choose(
            job.folder, {number: str(meant)}, jobs.who(), jobs.now()
        )
        st.rerun()


def _downloads(job: Job, done: Checked) -> None:
    row = st.container(horizontal=True)
    for ending in ("xlsx", "csv"):
        row.download_button(
            text("batch.download", ending=ending.upper()),
            _file(done, ending, spoken()),
            f"{job.folder}.{ending}",
            on_click="ignore",
            key=f"download-{ending}",
        )


def _file(done: Checked, ending: str, language: str) -> Callable[[], bytes]:
    def made() -> bytes:
        with tempfile.TemporaryDirectory() as aside:
            path = Path(aside) / f"list.{ending}"
            write_checked(done, path, language)
            return path.read_bytes()

    return made
