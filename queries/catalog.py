"""The library: every .cypher file below this folder, and a site's own."""

from pathlib import Path
from typing import Any

import yaml

from graph.errors import QueryError, SchemaError
from graph.schema.words import Text
from queries.card import KINDS, Parameter, Query
from queries.guard import check_cypher

SHIPPED = Path(__file__).parent
FENCE = "// ---"
_KEYS = {"id", "title", "purpose", "questions", "params", "columns"}


def load_catalog(*folders: Path) -> tuple[Query, ...]:
    """Return all queries in id order; a site's own query replaces a shipped one of the same id.

    Raises:
        QueryError: naming the file, the value and the rule.
    """
    found: dict[str, Query] = {}
    for folder in (SHIPPED, *folders):
        for path in sorted(folder.glob("*/*.cypher")):
            query = read_query(path)
            found[query.id] = query
    return tuple(found[name] for name in sorted(found))


def read_query(path: Path) -> Query:
    """Return the query in a file: its card in the leading comment, then the Cypher."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(path.name, "encoding", "must be utf-8") from error
    parts = text.split(FENCE)
    if len(parts) < 3 or parts[0].strip():  # noqa: PLR2004 - before, card, after
        raise QueryError(path.name, "card", f"must stand between two lines {FENCE}")
    lines = [line.removeprefix("//").removeprefix(" ") for line in parts[1].splitlines()]
    try:
        card = yaml.safe_load("\n".join(lines))
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise QueryError(path.name, "card", f"cannot be read: {reason}") from error
    if not isinstance(card, dict) or set(card) != _KEYS:
        raise QueryError(path.name, "card", f"must have exactly the keys {sorted(_KEYS)}")
    name = f"{path.parent.name}.{path.stem}"
    if card["id"] != name:
        raise QueryError(path.name, card["id"], f"must be the file's place {name}")
    check_cypher(text)
    try:
        return Query(
            id=name,
            title=Text(**card["title"]),
            purpose=str(card["purpose"]),
            questions=tuple(card["questions"]),
            params=tuple(_parameter(path, key, value) for key, value in card["params"].items()),
            columns=_columns(path, card["columns"]),
            text=text,
            folder=path.parent.name,
        )
    except (TypeError, AttributeError, SchemaError) as error:
        raise QueryError(path.name, "card", f"breaks its form: {error}") from error


def _columns(path: Path, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise QueryError(path.name, value, "must be a list of columns")
    return tuple(value)


def _bound(path: Path, value: object) -> float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise QueryError(path.name, value, "must be a number: it bounds a parameter")


def _parameter(path: Path, name: object, value: dict[str, Any]) -> Parameter:
    if not isinstance(name, str):
        raise QueryError(path.name, name, "must be text: it names a parameter")
    if value.get("kind") not in KINDS:
        raise QueryError(path.name, value.get("kind"), f"must be one of {', '.join(KINDS)}")
    default = value.get("default")
    return Parameter(
        name=name,
        kind=value["kind"],
        title=str(value.get("zh", name)),
        default=default,
        minimum=_bound(path, value.get("min")),
        maximum=_bound(path, value.get("max")),
    )
