"""A batch as it is asked: many queries, each with its parameters, or each for every subject."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import yaml

from graph.documents import read_yaml
from graph.errors import QueryError
from queries.card import KINDS, MOST_INTEGER, Parameter, Query
from queries.guard import parameters

_TOP = {"title", "items"}
_KEYS = {"name", "query", "cypher", "params", "kinds", "for_each"}
SUBJECT, SUBJECTS = "uid", "uids"


@dataclass(frozen=True, slots=True)
class Item:
    """One query of a batch: a named one, or Cypher of one's own.

    `group` is the name that items of one question share; `about` says of which subject this one
    is: columns before those of the answer. `fault` is why it cannot be asked, `note` what is to be
    said where it finds nothing.
    """

    name: str
    query: str | None
    cypher: str | None
    params: Mapping[str, object]
    group: str = ""
    about: Mapping[str, object] = field(default_factory=dict)
    fault: QueryError | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A party that a list named in a row, as spreadsheets number it."""

    row: int
    uid: str
    name: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row of a list that no query was asked about, and why."""

    row: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A list of queries with their parameters; `left_out` are rows of a list without a subject."""

    title: str
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...] = ()


def read_batch(path: Path) -> Batch:
    """Return the batch in a YAML file; `for_each` names a CSV whose rows are parameters.

    A cell is text; `kinds` says of own Cypher which parameters are else, in the words of a card.

    Raises:
        QueryError: it cannot be read or breaks its form.
    """
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    # A date that no calendar has is a ValueError; brackets without end are a RecursionError.
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise QueryError("batch", str(path), f"cannot be read: {reason}") from error
    if not isinstance(content, dict) or not isinstance(content.get("items"), list):
        raise QueryError("batch", str(path), "must have title and items")
    _check_keys(f"batch {path.name}", content, _TOP)
    if not content["items"]:
        raise QueryError("batch", str(path), "must have an item: it asks nothing")
    items = [item for entry in content["items"] for item in _items(path, entry)]
    return Batch(str(content.get("title") or path.stem), tuple(items))


def write_batch(batch: Batch, path: Path) -> None:
    """Write a batch as read_batch reads it.

    Raises:
        QueryError: it cannot be written.
    """
    items = [
        {"name": one.name}
        | ({"query": one.query} if one.cypher is None else {"cypher": one.cypher})
        | ({"params": dict(one.params)} if one.params else {})
        for one in batch.items
    ]
    text = yaml.safe_dump({"title": batch.title, "items": items}, allow_unicode=True)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise QueryError("batch", str(path), f"cannot be written: {error.strerror}") from error


def for_subjects(
    batch: Batch,
    catalog: Sequence[Query],
    subjects: Sequence[Subject],
    left_out: Sequence[LeftOut],
) -> Batch:
    """Return a batch whose queries about a party are asked for every subject.

    One about several parties is asked once, about all; one about none stays as it is. Without a
    subject the first two stay, and say so: a question that is not asked has no answer.
    """
    known = {one.id: one for one in catalog}
    items = [one for item in batch.items for one in _asked(item, known, subjects)]
    return replace(batch, items=tuple(items), left_out=tuple(left_out))


def without_broken(batch: Batch, broken: Mapping[str, QueryError]) -> Batch:
    """Return a batch whose items on a broken query say why they cannot be asked."""
    items = (replace(one, fault=broken.get(one.query or "", one.fault)) for one in batch.items)
    return replace(batch, items=tuple(items))


def open_parameters(item: Item, known: Mapping[str, Query]) -> set[str]:
    """Return the names of the parameters that an item leaves open."""
    if item.cypher is not None:
        names = set(parameters(item.cypher))
    else:
        card = known.get(item.query or "")
        names = {one.name for one in card.params if one.default is None} if card else set()
    return names - set(item.params)


def _asked(item: Item, known: Mapping[str, Query], subjects: Sequence[Subject]) -> Iterator[Item]:
    wanted = set() if item.fault else open_parameters(item, known)
    if not subjects and wanted & {SUBJECT, SUBJECTS}:
        rule = "asks about the parties of the list, and no row of it is one"
        yield replace(item, fault=QueryError("batch item", item.name, rule))
    elif SUBJECT in wanted:
        for one in subjects:
            about = {"row": one.row, "uid": one.uid, "name": one.name}
            params = {**item.params, SUBJECT: one.uid}
            yield replace(item, name=f"{item.name}-{one.row}", params=params, about=about)
    elif SUBJECTS in wanted:
        uids = list(dict.fromkeys(one.uid for one in subjects))
        yield replace(item, params={**item.params, SUBJECTS: uids})
    else:
        yield item


def _items(path: Path, entry: object) -> Iterator[Item]:
    if not isinstance(entry, dict):
        raise QueryError("batch item", entry, f"may only have {', '.join(sorted(_KEYS))}")
    _check_keys(f"batch item {entry.get('name') or ''}".rstrip(), entry, _KEYS)
    _check_texts(entry)
    if (entry.get("query") is None) == (entry.get("cypher") is None):
        raise QueryError("batch item", entry.get("name"), "must have either query or cypher")
    name = str(entry.get("name") or entry.get("query") or "own")
    params = entry.get("params") or {}
    if not isinstance(params, dict):
        raise QueryError(f"batch item {name}", params, "must give its params as name: value")
    for key, value in params.items():
        _check_param(name, key, value)
    kinds = _kinds(name, entry)
    base = Item(name, entry.get("query"), entry.get("cypher"), params, name)
    if "for_each" not in entry:
        yield _of_kinds(base, kinds)
        return
    listed = path.parent / str(entry["for_each"])
    rows = _rows(listed)
    if not rows:
        rule = "has no row below its header: the query is not asked"
        yield replace(base, fault=QueryError("for_each", str(listed), rule))
    for place, row in enumerate(rows, start=1):
        asked = replace(base, name=f"{name}-{place}", params={**base.params, **row}, about=row)
        yield _of_kinds(asked, kinds)


def _kinds(item: str, entry: Mapping[str, object]) -> dict[str, Parameter]:
    """Return the parameters of own Cypher whose kinds are said; a named query's card says them."""
    said = entry.get("kinds") or {}
    if not isinstance(said, dict):
        raise QueryError(f"batch item {item}", said, "must give its kinds as name: kind")
    if said and entry.get("cypher") is None:
        raise QueryError(f"batch item {item}", "kinds", "are said by the card of a named query")
    found = {}
    for name, kind in said.items():
        if kind not in KINDS:
            raise QueryError(
                f"batch item {item}", {name: kind}, f"must be one of {', '.join(KINDS)}"
            )
        found[name] = Parameter(name, kind, name)
    return found


def _of_kinds(item: Item, kinds: Mapping[str, Parameter]) -> Item:
    """Return an item whose parameters are of the kinds said; one that is not is its fault."""
    params = dict(item.params)
    try:
        for name, kind in kinds.items():
            if name in params:
                params[name] = kind.read(params[name])
    except QueryError as error:
        return replace(item, fault=error)
    return replace(item, params=params)


def _check_keys(thing: str, said: Iterable[object], known: Set[str]) -> None:
    for key in said:
        if key not in known:
            raise QueryError(thing, key, f"may only have {', '.join(sorted(known))}")


def _check_texts(entry: Mapping[str, object]) -> None:
    for key in ("query", "cypher", "for_each"):
        if not isinstance(entry.get(key), str | None):
            raise QueryError(f"batch item {key}", entry[key], "must be text")


def _check_param(item: str, name: object, value: object) -> None:
    """Refuse what no store can be handed: YAML knows sets, bytes and numbers without end."""
    if not isinstance(name, str):
        raise QueryError(f"batch item {item}", name, "must be text: it names a parameter")
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, str | int | float | date | None):
            rule = "must be text, a number, a date or a list of them"
            raise QueryError(f"batch item {item}", {name: value}, rule)
        if isinstance(one, int) and abs(one) > MOST_INTEGER:
            rule = "is no number that a store can hold"
            raise QueryError(f"batch item {item}", {name: value}, rule)


def _rows(path: Path) -> list[dict[str, object]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = list(reader.fieldnames or ())
            for name in names:
                if names.count(name) > 1:
                    raise QueryError(f"for_each {path}", name, "stands twice in the header")
            rows: list[dict[str, object]] = []
            for row in reader:
                # A cell too many has no name, one too few no value: which is wrong, none can say.
                if None in row or None in row.values():
                    rule = f"must have {len(names)} cells, as its header"
                    raise QueryError(f"for_each {path}", f"line {reader.line_num}", rule)
                rows.append(dict(row))
            return rows
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise QueryError("for_each", str(path), f"cannot be read: {error}") from error
