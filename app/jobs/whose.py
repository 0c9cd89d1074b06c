"""For whom a process of this machine works: a job's for who asked for it, else who runs it."""

import os

from app.acting import system_login
from app.users import User, read_users, signed_by, user_of
from app.workspace import Workspace
from graph.errors import DeskError


def user_of_process(workspace: Workspace, job: int | None) -> User:
    """Return for whom this process acts: by the operating system's login name, or by its job.

    A job is believed where this process was started by the process that the desk names for it: a
    number alone makes nobody anybody.

    Raises:
        DeskError: the job is none, or another process works for it.
    """
    users = read_users(workspace.folder)
    if users is None or job is None:
        return user_of(users, system_login())
    from app.jobs.control import jobs_of  # noqa: PLC0415 - most processes work for no job

    found = jobs_of(workspace).find(job)
    if not found.open or found.last.pid != os.getppid():
        raise DeskError("job", job, "is not what this process was started for")
    return signed_by(users, found.author)
