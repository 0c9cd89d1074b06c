"""A site's own queries: written with their card, checked as the shipped ones are, kept as files."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from graph.errors import QueryError
from graph.schema.words import Text
from queries.card import KINDS, Query
from queries.catalog import place_of, refuse_shipped
from queries.form import FENCE, read_query
from queries.guard import parameters

# Folder and file of a query: they are its id, and names on every file system.
_PART = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
_BATCHES = "batches"


@dataclass(frozen=True, slots=True)
class Template:
    """A query to be kept; `kinds` are those of its parameters, text where none is given."""

    id: str
    title: Text
    purpose: str
    cypher: str
    columns: tuple[str, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)

    def to_text(self) -> str:
        """Return the file: the card between its two lines, then the Cypher.

        Raises:
            QueryError: there is no kind of a parameter's name.
        """
        params = {name: self._parameter(name) for name in parameters(self.cypher)}
        card = {
            "id": self.id,
            "title": {"zh": self.title.zh, "en": self.title.en},
            "questions": [],
            "purpose": self.purpose,
            "params": params,
            "columns": list(self.columns),
        }
        told = yaml.safe_dump(card, allow_unicode=True, sort_keys=False, width=10_000)
        lines = [f"// {line}" for line in told.splitlines()]
        return "\n".join([FENCE, *lines, FENCE, self.cypher.strip(), ""])

    def _parameter(self, name: str) -> dict[str, str]:
        kind = self.kinds.get(name, "text")
        if kind not in KINDS:
            raise QueryError(f"parameter {name}", kind, f"must be one of {', '.join(KINDS)}")
        return {"kind": kind, "zh": name}


def keep_template(template: Template, folder: Path, *, replace: bool = False) -> Query:
    """Write a query into the folder of a site's own and return it as it is read from there.

    Raises:
        QueryError: its id, card or Cypher breaks a rule, or another has its id.
    """
    if not template.columns:
        raise QueryError("query", template.id, "must be run once: its columns are not known")
    found = checked_query(template.id, template.to_text())
    path = place_of(found.id, folder)
    if path.exists() and not replace:
        raise QueryError("query", found.id, "is there already; choose another name or replace it")
    write_query(found, folder)
    return read_query(path)


def checked_query(name: str, text: str) -> Query:
    """Return a query from its text as the file of this id would hold it; nothing is written.

    Raises:
        QueryError: naming the file, the line where there is one, the value and the rule.
    """
    folder, _, stem = name.partition(".")
    if not (_PART.match(folder) and _PART.match(stem)) or folder == _BATCHES:
        raise QueryError("query", name, "must be topic.name in small Latin letters, digits and _")
    refuse_shipped(name)
    with tempfile.TemporaryDirectory() as aside:
        path = place_of(name, Path(aside))
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
        return read_query(path)


def write_query(query: Query, folder: Path) -> None:
    """Write a query that was checked.

    Raises:
        QueryError: it cannot be written.
    """
    path = place_of(query.id, folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(query.text, encoding="utf-8")
    except OSError as error:
        raise QueryError("query", str(path), f"cannot be written: {error.strerror}") from error
