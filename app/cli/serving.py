"""app, demo: the screens, and the whole way in one go."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.bootstrap import Services
from app.cli.options import day, services, tell, telling
from app.demonstration import ENTERPRISES, SEED
from app.rights import Right
from app.settings import NO_PHRASES
from app.texts.read import text

commands = typer.Typer()
SERVER = Path(__file__).parents[1] / "server.py"
# What C and other libraries ask of the environment before Python starts; what a site has set wins.
# On a million parties the server holds .48 GB of its own so, .71 GB without.
_MEMORY = {
    # Each session runs its screens in threads of its own, and glibc gives each of the first
    # sixteen a heap of its own that keeps its peak.
    "MALLOC_ARENA_MAX": "2",
    # Given, they stay: else glibc, each time that something larger is let go, keeps more back.
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
    # Arrow's own pool keeps its peaks, by thread.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    NO_PHRASES: "1",
}


@commands.command()
def app(
    context: typer.Context,
    *,
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)] = 8501,
) -> None:
    """Open the app on this machine; nothing is reachable from outside."""
    house = services(context, create=True)
    serve(house.workspace.folder, port)


def serve(workspace: Path, port: int) -> None:
    """Run the screens on 127.0.0.1 until they are stopped."""
    environment = server_environment(os.environ, workspace)  # noqa: TID251 - handed on
    tell(f"http://127.0.0.1:{port}")
    server = subprocess.Popen(server_command(port), env=environment)  # noqa: S603
    # Whoever ends this command ends the server: no port stays taken by a child without a parent.
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        raise typer.Exit(server.wait())
    except KeyboardInterrupt:
        # The terminal sent it to the server, too.
        raise typer.Exit(server.wait()) from None


def server_environment(given: Mapping[str, str], workspace: Path) -> dict[str, str]:
    """Return the environment of the server of a workspace."""
    return {**_MEMORY, **given, "XINMAI_WORKSPACE": str(workspace)}


def server_command(port: int) -> list[str]:
    """Return the command that serves the screens on a port of this machine, as they look."""
    return [
        # Nothing of the folder where somebody stands is taken for a module: it may be delivered.
        sys.executable, "-P", "-m", "streamlit", "run", str(SERVER),
        "--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true",
        "--browser.gatherUsageStats=false", "--client.toolbarMode=minimal",
        # What nobody foresaw is in the server's log: no page shows code or a link to the outside.
        "--client.showErrorDetails=none", "--client.showErrorLinks=false",
        # A box with a usual choice is set anew when the language changes.
        "--global.disableWidgetStateDuplicationWarning=true",
        "--server.fileWatcherType=none", "--theme.base=light", "--theme.primaryColor=#1F4E8C",
        "--theme.textColor=#1F2328", "--theme.baseFontSize=14",
        # Whatever has come to a page is named when it comes again: a canvas, packed, is smaller
        # than the 10 KB from which Streamlit does so by itself.
        "--global.minCachedMessageSize=2000",
        # Runs for which a page keeps what came. With the usual two, who went back to what had been
        # three clicks ago before the last of them was answered had a page that was dead.
        "--global.maxCachedMessageAge=20",
    ]  # fmt: skip


@commands.command()
def demo(
    context: typer.Context,
    *,
    enterprises: Annotated[
        int, typer.Option(help="How many enterprises, 500 to 1,000,000.")
    ] = ENTERPRISES,
    seed: Annotated[int, typer.Option(help="The same seed writes the same files.")] = SEED,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for world/ and reports/; else demo/ of the workspace.", metavar="DIR"
        ),
    ] = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop before the app.")] = False,
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)] = 8501,
) -> None:
    """World, load, report and app in one go."""
    from loaders.world.write import write_world  # noqa: PLC0415

    house = services(context, create=True)
    folder = out if out is not None else house.workspace.folder / "demo"
    progress = telling(house.settings)
    made = write_world(enterprises, seed, folder / "world", progress)
    tell(text("loading.world_made", rows=sum(made.rows.values()), files=len(made.rows)))
    done = house.load([folder / "world" / "files"], None, to_store=True, progress=progress)
    counted = {name: done.counts.get(name, 0) for name in ("parties", "links", "records")}
    snapshot = text("line.snapshot", snapshot=done.snapshot)
    tell(f"{snapshot}  {text('line.status.counts', **counted)}")
    if house.user.has(Right.REPORT):
        _issue(house, house.party(made.subject).uid, folder / "reports")
    if not no_serve:
        serve(house.workspace.folder, port)


def _issue(house: Services, uid: str, out: Path) -> None:
    from app.reports.issue import issue_report  # noqa: PLC0415 - layout libraries are heavy

    issued = issue_report(
        house,
        uid,
        purpose="信用调查",
        as_of=day(None),
        hops=None,
        formats=("html", "pdf"),
        out=out,
        now=datetime.now().astimezone(),
    )
    for path in issued.files:
        tell(text("line.report", number=issued.number, path=path))
