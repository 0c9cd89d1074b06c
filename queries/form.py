"""The file of a query: its card in the leading comment, then its Cypher; each checked in full."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from graph.documents import read_yaml
from graph.errors import QueryError, SchemaError
from graph.schema.words import Text
from queries.card import KINDS, Parameter, Query
from queries.guard import check_cypher, parameters

ENDING = ".cypher"
FENCE = "// ---"
_KEYS = {"id", "title", "purpose", "questions", "params", "columns"}
_PARAMETER_KEYS = {"kind", "zh", "default", "min", "max"}


def file_name(path: Path) -> str:
    """Return what a query's file is called: two topics may each have a file of one name."""
    return f"{path.parent.name}/{path.name}"


def id_of(path: Path) -> str:
    """Return the id that a query's file must have: it is its place."""
    return f"{path.parent.name}.{path.stem}"


def read_query(path: Path) -> Query:
    """Return the query in a file.

    Raises:
        QueryError: it cannot be read, or its card or its Cypher breaks a rule; naming the file.
    """
    file = file_name(path)
    text = _text(path, file)
    card = _card(text, file)
    name = id_of(path)
    if card["id"] != name:
        raise QueryError(file, card["id"], f"must be the file's place {name}")
    try:
        check_cypher(text)
    except QueryError as error:
        raise QueryError(f"{file} {error.thing}", error.value, error.rule) from error
    query = Query(
        id=name,
        title=_title(card["title"], file),
        purpose=str(card["purpose"]),
        questions=_texts(card["questions"], file, "questions"),
        params=_parameters(card["params"], file),
        columns=_texts(card["columns"], file, "columns"),
        text=text,
        folder=path.parent.name,
    )
    declared, used = {one.name for one in query.params}, set(parameters(text))
    for odd in sorted(declared ^ used):
        rule = "is declared and not used" if odd in declared else "is used and not declared"
        raise QueryError(f"{file} parameter", odd, rule)
    return query


def _text(path: Path, file: str) -> str:
    try:
        # Editors of Windows put a mark before the first line.
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError(file, "encoding", "must be utf-8") from error
    except OSError as error:
        raise QueryError(file, str(path), f"cannot be read: {error.strerror}") from error


def _card(text: str, file: str) -> dict[str, Any]:
    parts = text.split(FENCE)
    if len(parts) < 3 or parts[0].strip():  # noqa: PLR2004 - before, card, after
        raise QueryError(file, "card", f"must stand between two lines {FENCE}")
    lines = [line.removeprefix("//").removeprefix(" ") for line in parts[1].splitlines()]
    try:
        card = read_yaml("\n".join(lines))
    # A date that no calendar has is a ValueError; brackets without end are a RecursionError.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise QueryError(file, "card", f"cannot be read: {reason}") from error
    if not isinstance(card, dict) or set(card) != _KEYS:
        raise QueryError(file, "card", f"must have exactly the keys {sorted(_KEYS)}")
    return card


def _title(value: object, file: str) -> Text:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise QueryError(file, value, "breaks its form: the title must be {zh: text, en: text}")
    try:
        return Text(**value)
    except (TypeError, SchemaError) as error:
        rule = "breaks its form: the title must be {zh: text, en: text}"
        raise QueryError(file, value, rule) from error


def _texts(value: object, file: str, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise QueryError(file, value, f"must be a list of {what}")
    return tuple(value)


def _parameters(value: object, file: str) -> tuple[Parameter, ...]:
    if not isinstance(value, dict):
        raise QueryError(file, value, "breaks its form: params must be {name: {kind: …}}")
    return tuple(_parameter(name, told, file) for name, told in value.items())


def _parameter(name: object, told: object, file: str) -> Parameter:
    if not isinstance(name, str):
        raise QueryError(file, name, "must be text: it names a parameter")
    thing = f"{file} parameter {name}"
    if not isinstance(told, dict) or not set(told) <= _PARAMETER_KEYS:
        raise QueryError(thing, told, f"may only have {', '.join(sorted(_PARAMETER_KEYS))}")
    kind = told.get("kind")
    if kind not in KINDS:
        raise QueryError(thing, kind, f"must be one of {', '.join(KINDS)}")
    low, high = _bound(told, "min", thing), _bound(told, "max", thing)
    if low is not None and high is not None and low > high:
        raise QueryError(thing, low, f"must be at most {high}: it is the lower bound")
    default = told.get("default")
    made = Parameter(name, kind, str(told.get("zh", name)), default, low, high)
    if default is not None:
        try:
            made.read(default)
        except QueryError as error:
            raise QueryError(thing, error.value, f"as default {error.rule}") from error
    return made


def _bound(told: Mapping[str, object], key: str, thing: str) -> float | None:
    value = told.get(key)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise QueryError(thing, value, "must be a number: it bounds a parameter")
