"""Generated pages: `python -m app.reference docs` writes them, `--check` says which are stale."""

import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from app.cli.group import COMMANDS
from app.presenters.rights import rights_page
from graph.schema.catalog import SCHEMA
from graph.schema.reference import schema_page
from loaders.catalogue.catalog import load_catalogue
from loaders.catalogue.resource import Resource
from loaders.tables.read import department
from queries.reference import queries_page

MADE = "<!-- Made by `make docs`; change the source, not this page. -->\n\n"


def cli_page() -> str:
    """Return docs/cli.md from the commands themselves."""
    lines = [
        "# Command line",
        "",
        "`xinmai [--workspace DIR] COMMAND`. Data on stdout, words for people on stderr;",
        "exit 0 done, 1 done with rejected rows or findings, 2 refused (one line: thing, value,",
        "rule). Dates are ISO, fractions 0..1. ENTITY is a uid, an identifier or an exact unique",
        "name; an ambiguous name lists the candidates and exits 2. A star marks what must be",
        "given.",
        "",
    ]
    for name, (module, text) in COMMANDS.items():
        group = typer.main.get_group(import_module(f"app.cli.{module}").commands)
        lines += [f"## {name}", "", text, "", *_command(name, group.commands[name]), ""]
    return "\n".join(lines)


def _command(path: str, command: object) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if inner:
        for name, item in inner.items():
            yield f"### {path} {name}"
            yield ""
            yield str(item.help or "").split("\n", maxsplit=1)[0]
            yield ""
            yield from _command(f"{path} {name}", item)
        return
    yield from _parameters(command.params)  # type: ignore[attr-defined]  # typer has no stub
    yield ""


def _parameters(parameters: Sequence[Any]) -> Iterator[str]:
    """Yield the table of what a command may be given; a star marks what it must be."""
    if not parameters:
        yield "Takes nothing."
        return
    yield "| argument or option | meaning | default |"
    yield "|---|---|---|"
    for one in parameters:
        option = one.param_type_name == "option"
        words = " / ".join([*one.opts, *one.secondary_opts]) if option else _argument(one)
        star = "*" if one.required else ""
        yield f"| `{words}`{star} | {one.help} | {_default(one)} |"


def _argument(parameter: Any) -> str:  # noqa: ANN401 - typer's own class
    return str(parameter.metavar or parameter.name.upper())


def _default(parameter: Any) -> str:  # noqa: ANN401 - typer's own class
    """Return what holds where an option is not given, as `--help` shows it."""
    if parameter.secondary_opts:
        return f"`{(parameter.opts if parameter.default else parameter.secondary_opts)[0]}`"
    # A switch that is off and a text that is empty are nothing that was chosen; 0 is.
    nothing = parameter.default is None or parameter.default is False or parameter.default == ""
    return "" if nothing else f"`{parameter.default}`"


def resources_page() -> str:
    """Return docs/resources.md from the catalogue."""
    lines = [
        "# Resources",
        "",
        "A resource is one table of one department: a YAML under loaders/catalogue, or under",
        "catalogue/ of a workspace. `xinmai load FILE` recognises it by its headers; `xinmai",
        "catalogue check FILE.yml` explains what is wrong with a new one; [examples](examples) has",
        "two of a site, loaders/catalogue/resource.py says what each key means. A star marks a",
        "mandatory column.",
        "",
        "| code | title | department | tier | columns |",
        "|---|---|---|---|---|",
    ]
    resources = load_catalogue().resources()
    lines += [
        f"| [{item.code}](#{item.code}) | {item.title.zh} {item.title.en}"
        f" | {department(item.department).zh} | {item.tier} | {len(item.columns)} |"
        for item in resources
    ]
    for item in resources:
        lines += ["", *_resource(item)]
    return "\n".join(lines) + "\n"


def _resource(item: Resource) -> Iterator[str]:
    yield f"## {item.code}"
    yield ""
    yield f"{item.title.zh} {item.title.en}. Known again by: {', '.join(item.natural_key)}."
    makes = sorted(
        {link.type for link in item.links} | {node.label for node in item.nodes.values()}
    )
    records = sorted({record.record_class for record in item.records})
    yield f"Makes: {', '.join([*item.parties, *makes, *records])}."
    yield ""
    yield "| column | kind | headers |"
    yield "|---|---|---|"
    for name, column in item.columns.items():
        star = "*" if column.mandatory else ""
        unit = f" ({column.unit})" if column.unit else ""
        yield f"| {name}{star} | {column.kind}{unit} | {' · '.join(column.headers)} |"


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "schema.md": lambda: schema_page(SCHEMA),
    "queries.md": queries_page,
    "resources.md": resources_page,
    "rights.md": rights_page,
}


def main(arguments: list[str]) -> int:
    """Write the pages into the folder named first, or with --check compare; return exit code."""
    folder = Path(arguments[0])
    stale = []
    for name, page in PAGES.items():
        text = MADE + page().rstrip() + "\n"
        path = folder / name
        if "--check" in arguments:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"docs/{name} is stale: run `make docs`", file=sys.stderr)  # noqa: T201 - a command
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
