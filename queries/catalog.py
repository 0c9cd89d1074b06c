"""The library: every .cypher file below this folder, and a site's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graph.errors import QueryError
from queries.card import Query
from queries.form import ENDING, file_name, id_of, read_query

SHIPPED = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Library:
    """The queries that can be asked, in id order; of a site's other files, by id, what is wrong."""

    queries: tuple[Query, ...]
    broken: Mapping[str, QueryError]

    def one(self, name: str) -> Query:
        """Return the query of an id.

        Raises:
            QueryError: there is none, or its file breaks a rule.
        """
        for query in self.queries:
            if query.id == name:
                return query
        if name in self.broken:
            raise self.broken[name]
        raise QueryError("query", name, "is not in the library; `xinmai query list` names them")


def load_catalog() -> tuple[Query, ...]:
    """Return the queries of the product in id order."""
    found = [read_query(path) for path in SHIPPED.glob(f"*/*{ENDING}")]
    return tuple(sorted(found, key=lambda query: query.id))


def load_library(own: Path) -> Library:
    """Return the queries of the product and a site's own; one that is broken stops no other."""
    found = list(load_catalog())
    broken: dict[str, QueryError] = {}
    for path in sorted(own.rglob("*")):
        if path.suffix.lower() == ENDING:
            try:
                found.append(_read_own(path, own))
            except QueryError as error:
                broken[id_of(path)] = error
    return Library(tuple(sorted(found, key=lambda query: query.id)), broken)


def refuse_shipped(name: str, thing: str = "query") -> None:
    """Refuse a name that a query of the product has: its screens and commands rely on that one.

    Raises:
        QueryError: the product has a query of this id.
    """
    if place_of(name, SHIPPED).exists():
        raise QueryError(thing, name, "is the name of a query of the product")


def place_of(name: str, folder: Path) -> Path:
    """Return where a query of this id stands below a folder."""
    topic, _, stem = name.partition(".")
    return folder / topic / f"{stem}{ENDING}"


def _read_own(path: Path, own: Path) -> Query:
    if path.suffix != ENDING or path.parent.parent != own:
        rule = f"must stand as topic/name{ENDING} in the folder of queries"
        raise QueryError("query", path.relative_to(own).as_posix(), rule)
    refuse_shipped(id_of(path), file_name(path))
    return read_query(path)
