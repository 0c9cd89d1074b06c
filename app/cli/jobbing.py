"""jobs: long work that screens began; what became of it, and an end to it."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from app.acting import system_login
from app.cli.options import AsJson, answer, services, tell
from app.desk.jobs import Job
from app.jobs import control
from app.texts.read import text

commands = typer.Typer()
jobs = typer.Typer(help="Long work that screens began: list it, stop it.")
commands.add_typer(jobs, name="jobs")


@jobs.command(name="list")
def list_jobs(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the latest jobs with their state, newest first."""
    found = control.latest(services(context))
    if as_json:
        answer([asdict(job) for job in found])
    else:
        for job in found:
            typer.echo(_line(job))
        if not found:
            tell(text("line.jobs.none"))


@jobs.command()
def stop(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="As `jobs list` numbers it.")],
) -> None:
    """Stop a job; what it had finished stays."""
    now = datetime.now().astimezone()
    tell(_line(control.stop(services(context), number, system_login(), now)))


def _line(job: Job) -> str:
    count = "" if job.last.total is None else f"{job.last.done}/{job.last.total}"
    when = job.ended_at or job.started_at or job.made_at
    state = text(f"jobs.{job.last.state}")
    cells = (str(job.id), state, job.kind, job.title, count, when, job.author)
    return "\t".join((*cells, job.last.message))
