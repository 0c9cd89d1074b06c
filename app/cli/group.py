"""The commands by name; a command's module is imported when it is called, so `--help` is quick."""

import gc
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

# name -> (module under app.cli, one line of help). In the order in which a person meets them.
COMMANDS = {
    "init": ("house", "Make a workspace."),
    "doctor": ("house", "Say of each part whether it works, and what to do where not."),
    "status": ("house", "Say what is loaded, how fresh it is and which snapshot is published."),
    "world": (
        "demonstration",
        "Write the demonstration world: departments' files and their truth.",
    ),
    "load": ("loading", "Load departments' files: ledger, resolution, snapshot, store."),
    "import": ("loading", "Load an already resolved graph from nodes, edges and records."),
    "known": ("knowing", "Make the snapshot of what was known on an earlier day."),
    "catalogue": ("loading", "List the resources, or explain what is wrong with a new one."),
    "diff": ("comparing", "Say what changed between two snapshots, and which conclusions with it."),
    "search": ("asking", "Find parties by name, former name, short name, pinyin or code."),
    "show": ("asking", "Show one party: identifiers, records, links, sources."),
    "how": ("identifying", "Say step by step how a party was put together."),
    "why": ("identifying", "Say why two are one party, or what speaks for it."),
    "why-not": ("identifying", "Say why two are not one party."),
    "review": ("reviewing", "Parties that may be one: list them, judge, take back, hand over."),
    "check": ("checking", "Look up a list of subjects: csv, xlsx or pasted text."),
    "bidders": ("bidding", "Compare the parties of one tender list two by two."),
    "path": ("asking", "Find the shortest and strongest paths between two parties."),
    "owners": ("owning", "Name the owners of a company, direct and through others."),
    "holdings": ("owning", "Name the companies that a party holds, directly and through others."),
    "control": ("owning", "Name the companies that a party controls, with the votes that add up."),
    "controller": ("owning", "Name who ultimately controls a company, or say why nobody does."),
    "beneficial": ("owning", "Name the beneficial owners of a company, with the rule named."),
    "expose": ("exposing", "Compute the exposure of one party, with floor, cap and contributions."),
    "verify": (
        "exposing",
        "Check a certificate of exposure, ownership, control or owners without any database.",
    ),
    "whatif": ("exposing", "Compute exposure before and after a change that is not made."),
    "rests": ("resting", "Name the fewest facts without which a conclusion falls."),
    "scan": ("scanning", "Compute the exposure of every party; a lead each, no record."),
    "patterns": ("leading", "Leads with their null model: find them, confirm or dismiss."),
    "query": ("querying", "List, show and run the named queries, one or in batch."),
    "report": ("reporting", "Make a report of a party, or verify one that somebody shows."),
    "export": ("handing", "Hand the graph over as tables, a graph, BODS or FollowTheMoney."),
    "users": ("peopling", "Who may work here and what: check the file, list the people."),
    "jobs": ("jobbing", "Long work that screens began: list it, stop it."),
    "app": ("serving", "Open the app on this machine."),
    "demo": ("serving", "World, load, report and app in one go."),
}


class LazyGroup(TyperGroup):
    """A group that knows its commands' names without importing them."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - typer's own signature
        """Return the names in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002
        """Import the module of one command and return it."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"app.cli.{COMMANDS[cmd_name][0]}")
        # Who looks for what may go need not look through all that was imported.
        gc.freeze()
        gc.enable()
        group = typer.main.get_group(module.commands)
        return group.commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002
        """Write the list of commands from COMMANDS alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


commands = typer.Typer(
    name="xinmai",
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _say_version(asked: bool) -> None:  # noqa: FBT001 - as typer calls it
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 - every other call does without

        typer.echo(f"xinmai {version('xinmai')}")
        raise typer.Exit


@commands.callback()
def xinmai(
    context: typer.Context,
    *,
    workspace: Annotated[
        Path | None, typer.Option(help="The folder of ledger, snapshots and graph.", metavar="DIR")
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version."),
    ] = False,
) -> None:
    """信脉 Xinmai: credit knowledge graph and linked-entity investigation."""
    context.obj = workspace
