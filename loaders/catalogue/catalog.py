"""All resources of a site: shipped and its own; which of them a file's headers belong to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from graph.documents import read_shipped, read_yaml
from graph.errors import ResourceError, SchemaError
from loaders.catalogue.resource import Resource

SHIPPED = Path(__file__).parent
# A file is of a resource where at least this part of its headers is known there.
KNOWN_PART = 0.5


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Resources by code; a site's own entry replaces a shipped one of the same code."""

    by_code: Mapping[str, Resource]

    def resources(self) -> tuple[Resource, ...]:
        """Return all resources in code order."""
        return tuple(self.by_code[code] for code in sorted(self.by_code))

    def resource(self, code: str) -> Resource:
        """Return one resource; ResourceError naming the known codes if there is none."""
        if code not in self.by_code:
            raise ResourceError(
                "resource", code, f"is not one of {', '.join(sorted(self.by_code))}"
            )
        return self.by_code[code]

    def recognise(self, headers: Sequence[str], file: str = "") -> Resource:
        """Return the resource that knows these headers best.

        Every mandatory column must be there and half of the headers known. Where two know as many,
        one whose title or code stands in the name of the file wins.

        Raises:
            ResourceError: none fits, or several do.
        """
        found = {header_key(header) for header in headers}
        scores = {
            code: known
            for code, resource in self.by_code.items()
            if (known := fits(resource, found)) is not None
        }
        if not scores:
            raise ResourceError(
                "headers", list(headers)[:12], "belong to no known resource; give --resource"
            )
        best = max(scores.values())
        first = sorted(code for code, score in scores.items() if score == best)
        if len(first) > 1:
            # "penalty" stands in "penalty_2015.csv" too: the longer word is meant.
            named = {code: self._named(code, file) for code in first}
            longest = max(named.values())
            first = [code for code in first if named[code] == longest]
        if len(first) > 1:
            raise ResourceError("headers", first, "fit several resources; give --resource")
        return self.by_code[first[0]]

    def _named(self, code: str, file: str) -> int:
        """Return how many characters of the file's name are the resource's code or title."""
        words = (code, self.by_code[code].title.zh)
        return max((len(word) for word in words if word in file), default=0)


def header_key(header: str) -> str:
    """Return a header as it is compared: without spaces, brackets half-width, lower case."""
    folded = "".join(header.split()).replace("（", "(").replace("）", ")").replace("％", "%")
    return folded.lstrip("\ufeff").rstrip("*").lower()


def fits(resource: Resource, found: set[str]) -> tuple[int, float] | None:
    """Return (known headers, part of the resource's columns that is there), or None.

    `found` are the file's headers as header_key gives them.
    """
    known: set[str] = set()
    there = 0
    for column in resource.columns.values():
        matching = {header_key(header) for header in column.headers} & found
        if column.mandatory and not matching:
            return None
        known |= matching
        there += bool(matching)
    if len(known) < KNOWN_PART * len(found):
        return None
    return len(known), there / len(resource.columns)


def matched(resource: Resource, headers: Sequence[str]) -> dict[str, str]:
    """Return which header of a file holds each column; a column without one is left out.

    A column's spellings are tried in the order in which they are declared.
    """
    by_key = {header_key(header): header for header in reversed(headers)}
    found: dict[str, str] = {}
    for name, column in resource.columns.items():
        for spelling in column.headers:
            if header_key(spelling) in by_key:
                found[name] = by_key[header_key(spelling)]
                break
    return found


def load_catalogue(*folders: Path) -> Catalogue:
    """Return the shipped resources and those of `folders`; a later folder wins by code.

    Raises:
        ResourceError: naming the file and what is wrong in it.
    """
    entries: dict[str, Resource] = {}
    for folder in (SHIPPED, *folders):
        for path in sorted(folder.glob("*.yml")):
            entry = check_entry(path)
            entries[entry.code] = entry
    return Catalogue(entries)


def check_entry(path: Path) -> Resource:
    """Return the resource that a YAML file declares.

    Raises:
        ResourceError: it cannot be read, or breaks the form; every fault is named.
    """
    try:
        ours = path.parent == SHIPPED
        content = read_shipped(path) if ours else read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ResourceError(path.name, str(path), f"cannot be read: {reason}") from error
    if not isinstance(content, dict):
        raise ResourceError(path.name, type(content).__name__, "must be a mapping of keys")
    try:
        return Resource.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(_faults(error))
        raise ResourceError(path.name, content.get("code"), f"breaks the form: {faults}") from error
    except SchemaError as error:
        raise ResourceError(path.name, content.get("code"), f"breaks the form: {error}") from error


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        place = ".".join(str(part) for part in fault["loc"]) or "entry"
        yield f"{place}: {fault['msg']}"
