"""The process of one job: `python -m app.jobs WORKSPACE NUMBER` runs its command and says so."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from app.desk.jobs import DONE, FAILED, QUEUED, RUNNING, Job, Jobs, Said
from app.jobs.control import ANSWER, FOLDER, INCOMING, LOG, folder_of, jobs_of
from app.settings import JOB
from app.workspace import Workspace

# Two at a time: a third would take the processors from those who look at screens.
TURNS = 2
_WAIT_SECONDS = 0.5
# A page looks every two seconds: more words than one a second nobody reads.
_SAY_SECONDS = 1.0
_CALL = "from app.cli import main; main()"
# How commands count what they have done: [3/10] at the head of a line.
_COUNTED = re.compile(r"^\[(\d+)/(\d+)\]\s*(.*)")
# `xinmai`: 0 done, 1 done with findings.
_ENDED_WELL = (0, 1)


@contextmanager
def _turn(workspace: Workspace) -> Iterator[None]:
    """Wait for one of the turns; the system gives it back whatever becomes of this process."""
    locks = [FileLock(workspace.folder / FOLDER / f".turn-{place}") for place in range(TURNS)]
    while True:
        for lock in locks:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            try:
                yield
            finally:
                lock.release()
            return
        time.sleep(_WAIT_SECONDS)


def read_word(line: str) -> Said:
    """Return a line of progress as a word of the job.

    >>> read_word("[3/10] records: ok")
    Said(state='running', message='records: ok', done=3, total=10, pid=None, born=None)
    """
    counted = _COUNTED.match(line)
    if counted is None:
        return Said(RUNNING, line)
    return Said(RUNNING, counted[3], int(counted[1]), int(counted[2]))


def _work(workspace: Workspace, job: Job, jobs: Jobs) -> Said:
    """Run the command to its end and return the last word."""
    place = folder_of(workspace, job)
    words = [sys.executable, "-c", _CALL, "--workspace", str(workspace.folder), *job.command]
    line, spoken, word = "", time.monotonic(), Said(RUNNING)
    with (place / ANSWER).open("wb") as answer, (place / LOG).open("a", encoding="utf-8") as log:
        with subprocess.Popen(  # noqa: S603 - our own command, no shell
            words,
            stdout=answer,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            # Its command acts for whoever asked for it, not for the account that runs the app.
            env={**os.environ, JOB: str(job.id)},  # noqa: TID251 - handed on
        ) as process:
            for said in process.stderr or ():
                log.write(said)
                log.flush()
                if not said.strip():
                    continue
                line = said.strip()
                if time.monotonic() - spoken > _SAY_SECONDS:
                    spoken, word = time.monotonic(), read_word(line)
                    jobs.say(job.id, word, _now())
        code = process.returncode
    if code in _ENDED_WELL:
        shutil.rmtree(place / INCOMING, ignore_errors=True)
        last = read_word(line)
        return Said(DONE, last.message, word.total, word.total)
    return Said(FAILED, line if code > 0 else f"ended by signal {-code}", word.done, word.total)


def _now() -> datetime:
    return datetime.now().astimezone()


def main(folder: str, number: str) -> None:
    """Run one job of a workspace."""
    workspace = Workspace(Path(folder))
    jobs = jobs_of(workspace)
    job = jobs.find(int(number))
    if not job.open:
        # Stopped before it began.
        return
    own = psutil.Process(os.getpid())
    jobs.say(job.id, Said(QUEUED, pid=own.pid, born=own.create_time()), _now())
    with _turn(workspace):
        jobs.say(job.id, Said(RUNNING), _now())
        jobs.say(job.id, _work(workspace, job, jobs), _now())
    jobs.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
