"""Start a job, see whether it lives, stop it: any process of the site may, the desk knows it."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import psutil

import app
from app.acting import House, require
from app.desk.jobs import FAILED, INTERRUPTED, STOPPED, Job, Jobs, NewJob, Said
from app.rights import right_of_job
from app.settings import LANGUAGE
from app.texts.read import spoken
from app.workspace import Workspace
from graph.errors import DeskError

FOLDER = "jobs"
# What the command of a job printed on stdout and on stderr.
ANSWER, LOG = "answer.txt", "log.txt"
RESULT = "result"
# What a person handed over for the job: it holds what departments wrote, identity numbers among it,
# and is gone once the job has taken it in.
INCOMING = "incoming"
_OWN = 0o700
# A process ends on SIGTERM at once unless it is deep inside a library.
_SOFT_SECONDS = 5.0
_HARD_SECONDS = 5.0
# Two readings of when a process was born differ by less than this.
_BORN_WITHIN = 1.0
# From its start to its first word a process imports; on a busy machine that takes a while.
_SPEAKS_WITHIN = 60.0
# Children of this process: whoever starts must also bury.
_STARTED: dict[int, subprocess.Popen[bytes]] = {}


@cache
def jobs_of(workspace: Workspace) -> Jobs:
    """Return the job table of a workspace's desk, opened once a process."""
    return Jobs(f"sqlite:///{workspace.desk}")


def new_folder(workspace: Workspace) -> Path:
    """Return a new folder for what a job is given and what it makes.

    Raises:
        DeskError: it cannot be made.
    """
    place = workspace.folder / FOLDER
    try:
        place.mkdir(exist_ok=True)
        number = max((int(one.name) for one in place.iterdir() if one.name.isdigit()), default=0)
        while True:
            number += 1
            try:
                (place / f"{number:04d}").mkdir()
            except FileExistsError:
                # Somebody else began one in the same moment.
                continue
            return place / f"{number:04d}"
    except OSError as error:
        raise DeskError("jobs", str(place), f"cannot be written: {error.strerror}") from error


def incoming(place: Path) -> Path:
    """Return a new folder for what a job is handed, which nobody else may read."""
    folder = place / INCOMING
    folder.mkdir(mode=_OWN)
    return folder


def folder_of(workspace: Workspace, job: Job) -> Path:
    """Return the folder of a job."""
    return workspace.folder / FOLDER / job.folder


def queue(house: House, new: NewJob, now: datetime) -> Job:
    """Note a job in the name of whoever acts; the process that does its work is to be started.

    Raises:
        RightError: they have no right to jobs of this kind.
    """
    require(house, right_of_job(new.kind), new.title)
    new = replace(new, author=house.user.signs(new.author))
    return jobs_of(house.workspace).queue(new, now)


def start(house: House, new: NewJob, now: datetime) -> Job:
    """Start a job in a session of its own and return it; it waits where others have the turn.

    Raises:
        RightError: whoever acts has no right to jobs of this kind.
        DeskError: the desk refuses, or no process could be started.
    """
    workspace = house.workspace
    jobs = jobs_of(workspace)
    job = queue(house, new, now)
    words = [sys.executable, "-m", "app.jobs", str(workspace.folder), str(job.id)]
    try:
        with (folder_of(workspace, job) / LOG).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                words,
                # The folder that holds the package `app`, wherever the caller stands.
                cwd=Path(app.__file__).resolve().parents[1],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its title is in this language too.
                env={**os.environ, LANGUAGE: spoken()},  # noqa: TID251 - handed on
                start_new_session=True,
            )
    except OSError as error:
        jobs.say(job.id, Said(FAILED, f"could not be started: {error.strerror}"), now)
        raise DeskError("job", new.title, f"could not be started: {error.strerror}") from error
    _STARTED[process.pid] = process
    return job


def again(house: House, job: Job, author: str, now: datetime) -> Job:
    """Start the command of an ended job once more in the same folder, for whoever acts now."""
    return start(house, NewJob(job.kind, job.title, job.command, job.folder, author), now)


def lives(job: Job) -> bool:
    """Return whether the process of an open job is there; one that is yet to speak may."""
    for pid, process in list(_STARTED.items()):
        if process.poll() is not None:
            del _STARTED[pid]
    if job.last.pid is None:
        return time.time() - datetime.fromisoformat(job.made_at).timestamp() < _SPEAKS_WITHIN
    try:
        process = psutil.Process(job.last.pid)
        same = abs(process.create_time() - (job.last.born or 0.0)) < _BORN_WITHIN
        return same and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def present(workspace: Workspace, job: Job) -> Job:
    """Return a job as it stands: one that is open and whose process is gone was interrupted."""
    if not job.open or lives(job):
        return job
    # It may have ended between the two looks.
    latest = jobs_of(workspace).find(job.id)
    if not latest.open:
        return latest
    return replace(latest, last=replace(latest.last, state=INTERRUPTED))


def latest(house: House, kinds: tuple[str, ...] = ()) -> list[Job]:
    """Return the latest jobs as they stand, newest first: of the kinds that the person may see."""
    found = jobs_of(house.workspace).listed(kinds)
    mine = [job for job in found if house.user.has(right_of_job(job.kind))]
    return [present(house.workspace, job) for job in mine]


def find(house: House, number: int) -> Job:
    """Return one job as it stands; who has it may also see what it made.

    Raises:
        DeskError: there is none of this number.
        RightError: whoever acts has no right to jobs of its kind.
    """
    job = jobs_of(house.workspace).find(number)
    require(house, right_of_job(job.kind), f"{job.id} {job.title}", looking=True)
    return present(house.workspace, job)


def stop(house: House, number: int, author: str, now: datetime) -> Job:
    """End a job: softly, then by force; what it had finished stays.

    Raises:
        DeskError: there is none, or it has ended.
        RightError: whoever acts has no right to jobs of its kind.
    """
    workspace = house.workspace
    job = find(house, number)
    require(house, right_of_job(job.kind), f"{job.id} {job.title}: stop")
    if not job.open:
        raise DeskError("job", number, f"has ended: {job.last.state}")
    if job.last.pid is not None:
        _end(job.last.pid)
    jobs_of(workspace).say(number, Said(STOPPED, house.user.signs(author)), now)
    return jobs_of(workspace).find(number)


def _end(leader: int) -> None:
    """End the group of a leader; an engine that it started is in a group of its own and stays."""
    group = _group(leader)
    for number, seconds in ((signal.SIGTERM, _SOFT_SECONDS), (signal.SIGKILL, _HARD_SECONDS)):
        try:
            os.killpg(leader, number)
        except ProcessLookupError:
            return
        _, group = psutil.wait_procs(group, seconds)
        if not group:
            return


def _group(leader: int) -> list[psutil.Process]:
    try:
        family = psutil.Process(leader)
        found = [family, *family.children(recursive=True)]
        return [one for one in found if os.getpgid(one.pid) == leader]
    except (psutil.NoSuchProcess, ProcessLookupError):
        return []
