"""Options that several commands share, and how a command reaches the services."""

import gc
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from app.settings import Settings, read_settings
from app.texts.read import speaking, text
from graph.errors import CertificateError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from app.bootstrap import Services
    from app.loads import Loads
    from loaders.messages import Message, Progress

H = TypeVar("H", bound="Loads")

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON on stdout.")]
AsOf = Annotated[
    str | None,
    typer.Option(help="The day to look at, as 2026-11-23; else today.", metavar="DATE"),
]
KnownAt = Annotated[
    str | None,
    typer.Option(
        help="Know only what had been loaded by the end of this day (UTC).", metavar="DATE"
    ),
]
Hops = Annotated[int | None, typer.Option(help="Links to follow; else the policy's.", min=1, max=6)]

# What a command answers with besides 0 and 2.
FINDINGS = 1


def settings_of(context: typer.Context) -> Settings:
    """Return the settings of the workspace that the command line or the environment names."""
    environ = dict(os.environ)  # noqa: TID251 - handed to the one reader of settings
    return read_settings(environ, context.obj)


@contextmanager
def importing() -> Iterator[None]:
    """Import without looking for what may go: nothing of what is imported does (app/cli)."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def speak_as_site(context: typer.Context) -> None:
    """Let a command that needs no workspace answer in the site's language too."""
    context.with_resource(speaking(settings_of(context).language))


def services(context: typer.Context, *, create: bool = False) -> "Services":
    """Return the services of the workspace that the command line or the environment names."""
    with importing():
        from app.bootstrap import open_services  # noqa: PLC0415 - as `loads`
    return _acting(context, open_services(settings_of(context), create=create))


def loads(context: typer.Context, *, create: bool) -> "Loads":
    """Return what loads into that workspace: ready half a second before all services are."""
    with importing():
        from app.loads import Loads, open_house  # noqa: PLC0415 - something may be started before
    return _acting(context, open_house(Loads, settings_of(context), create=create))


def _acting(context: typer.Context, house: H) -> H:
    """Return services that act for who runs this process, and are closed with the command."""
    with importing():
        from app.acting import acting_for  # noqa: PLC0415 - as `loads`
        from app.jobs.whose import user_of_process  # noqa: PLC0415
    context.call_on_close(house.close)
    # JSON is for programs: its few words are the same whatever is spoken here.
    language = "zh" if context.params.get("as_json") else house.settings.language
    context.with_resource(speaking(language))
    return acting_for(house, user_of_process(house.workspace, house.settings.job))


def services_at(
    context: typer.Context, known_at: str | None, option: str = "--known-at"
) -> "Services":
    """Return the services, knowing only what had been loaded by a day where one is given.

    `option` is what gave the day: a refusal names it.
    """
    house = services(context)
    if known_at is None:
        return house
    from app.known import house_known_at  # noqa: PLC0415 - most commands know what is known today

    then = house_known_at(house, day(known_at, option), telling(house.settings), option)
    context.call_on_close(then.close)
    known = then.loaded_snapshot().id
    batches = len(then.ledger.batches())
    tell(text("line.known", day=then.known_on, snapshot=known, batches=batches))
    return then


def day(text: str | None, option: str = "--as-of") -> date:
    """Return the day asked for, or today: the one place where a command reads the clock."""
    if text is None:
        return date.today()  # noqa: DTZ011 - the day where the inspector sits
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(option, text, "must be a date as 2026-11-23") from error


def answer(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print an answer as JSON on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def write_certificate(file: "Path", document: Mapping[str, Any]) -> None:
    """Write a certificate whole and say where; CertificateError where that cannot be."""
    from app.workspace import write_whole  # noqa: PLC0415 - few commands write

    try:
        write_whole(file, json.dumps(document, ensure_ascii=False, indent=1).encode())
    except OSError as error:
        rule = f"cannot be written: {error.strerror}"
        raise CertificateError("--certificate", str(file), rule) from error
    tell(text("line.certificate", file=file))


def tell(text: str) -> None:
    """Print words for people on stderr."""
    typer.echo(text, err=True)


def say_progress(text: str) -> None:
    """Print one line of progress on stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def telling(settings: Settings) -> "Progress":
    """Return what prints each message of a load on stderr, in the site's language.

    In that too where the answer is JSON: progress is for people.
    """

    def tell_of(message: "Message") -> None:
        with speaking(settings.language):
            say_progress(text(f"loading.{message.code}", **message.values))

    return tell_of
