"""The card of a named query: what it asks, what it takes, what it gives."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from graph.errors import QueryError
from graph.schema.words import Text

Kind = Literal["text", "integer", "fraction", "date", "texts"]
KINDS = ("text", "integer", "fraction", "date", "texts")
# Integers of Bolt, and of every store behind it, have 64 bits.
MOST_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter; `minimum` and `maximum` bound numbers."""

    name: str
    kind: Kind
    title: str
    default: object = None
    minimum: float | None = None
    maximum: float | None = None

    def read(self, value: object) -> object:
        """Return a given value as the parameter's kind; dates travel as ISO text.

        Raises:
            QueryError: it is of another kind or outside its bounds.
        """
        if self.kind == "text":
            return self._text(value)
        if self.kind == "texts":
            several = value if isinstance(value, list) else str(value).split(",")
            return [text for one in several if (text := self._text(one).strip())]
        if self.kind == "date":
            return self._date(value)
        return self._number(value)

    def _text(self, value: object) -> str:
        # YAML reads yes, no, on and off without quotes as truth; a list is no text either.
        if isinstance(value, bool) or not isinstance(value, str | int | float | date):
            rule = "must be text; put it in quotes"
            raise QueryError(f"parameter {self.name}", value, rule)
        return str(value)

    def _date(self, value: object) -> str:
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError as error:
            raise QueryError(
                f"parameter {self.name}", value, "must be a date as 2026-11-23"
            ) from error

    def _number(self, value: object) -> float | int:
        try:
            number = int(str(value)) if self.kind == "integer" else float(str(value))
        except ValueError as error:
            raise QueryError(
                f"parameter {self.name}", value, f"must be of kind {self.kind}"
            ) from error
        if not abs(number) <= MOST_INTEGER:
            # Not a number, without an end, or beyond what a store can be handed.
            raise QueryError(f"parameter {self.name}", value, "is no number that a store can hold")
        low = number if self.minimum is None else self.minimum
        high = number if self.maximum is None else self.maximum
        if not low <= number <= high:
            raise QueryError(f"parameter {self.name}", value, f"must be {low} to {high}")
        return number


@dataclass(frozen=True, slots=True)
class Query:
    """One named query: card and Cypher. `questions` are the inspectors' questions it answers."""

    id: str
    title: Text
    purpose: str
    questions: tuple[str, ...]
    params: tuple[Parameter, ...]
    columns: tuple[str, ...]
    text: str
    folder: str

    def values(self, given: dict[str, object]) -> dict[str, object]:
        """Return every parameter's value: given, else default.

        Raises:
            QueryError: one is unknown, missing, of another kind or outside its bounds.
        """
        known = {item.name: item for item in self.params}
        for name in given:
            if name not in known:
                raise QueryError(f"query {self.id}", name, f"is no parameter; known: {list(known)}")
        values = {}
        for name, item in known.items():
            value = given.get(name, item.default)
            # As on the screen: an empty field, or a cell of a list, asks nothing.
            read = None if value is None or value == "" else item.read(value)
            if read in (None, "", []):
                raise QueryError(f"query {self.id}", name, "must be given")
            values[name] = read
        return values

    def to_json(self) -> dict[str, object]:
        """Return the card as the command line answers it."""
        return {
            "id": self.id,
            "title": {"zh": self.title.zh, "en": self.title.en},
            "purpose": self.purpose,
            "questions": list(self.questions),
            "params": {
                item.name: {"kind": item.kind, "title": item.title, "default": item.default}
                for item in self.params
            },
            "columns": list(self.columns),
        }
