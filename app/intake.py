"""Files handed over: recognised and previewed before anything is written, then laid out.

They are loaded by a process of its own, which outlives the page; what it answers is read here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import yaml
from rapidfuzz import fuzz, process

from app.acting import require
from app.bootstrap import Services
from app.opened import forget
from app.rights import Right
from app.workspace import write_whole
from graph.errors import LoadError, ResourceError
from loaders.batches import Batch
from loaders.catalogue.catalog import Catalogue, check_entry, header_key, matched
from loaders.catalogue.resource import Resource
from loaders.intake import take_in
from loaders.outcome import FileOutcome
from loaders.readers import RawTable, read_table

# What a person looks through before a load (screens.md 4, 数据).
PREVIEWED = 20
# Two headers that share fewer characters than this (rapidfuzz ratio, 0..100) suggest nothing.
LIKE = 60.0
_RAW = "raw_"


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as a person handed it over: the name that it bore, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is: its table, its resource, and which header holds which column.

    `resource` is None where the headers are of none; then `why` says so. `unknown` are headers that
    no column knows, `missing` mandatory columns that no header holds, `known` the batch of a file
    whose every byte was loaded before.
    """

    raw: RawTable
    resource: Resource | None
    columns: Mapping[str, str]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    known: Batch | None
    why: str

    @property
    def ready(self) -> bool:
        """Return whether it can be loaded as it is."""
        return self.resource is not None and not self.missing


@dataclass(frozen=True, slots=True)
class Preview:
    """What a load would make of a file; nothing is written.

    `rows` are its first accepted rows, `row` before the cells by header; `rejected` all rows that
    would be handed back, as the ledger keeps them; `filled` how many rows hold each column.
    """

    read: int
    accepted: int
    rows: pl.DataFrame
    rejected: pl.DataFrame
    filled: Mapping[str, int]


@contextmanager
def laid_out(services: Services, files: Sequence[Handed]) -> Iterator[list[Path]]:
    """Lay files out where they can be read, and take them away again: the ledger keeps the rows.

    Raises:
        LoadError: a file has no name.
    """
    with TemporaryDirectory(dir=services.workspace.folder, prefix=".incoming-") as folder:
        yield lay(Path(folder), files)


def lay(folder: Path, files: Sequence[Handed]) -> list[Path]:
    """Write files into a folder, each by its own name; where an upload came from says nothing.

    Raises:
        LoadError: a file has no name.
    """
    paths = []
    for number, file in enumerate(files):
        # Two departments name their files alike.
        place = folder / str(number)
        place.mkdir(parents=True)
        path = place / _own_name(file.name)
        path.write_bytes(file.content)
        paths.append(path)
    return paths


def _own_name(name: str) -> str:
    own = PureWindowsPath(PurePosixPath(name).name).name
    if not own.strip(". "):
        raise LoadError("file", name, "has no name")
    return own


def recognise(services: Services, file: Handed, code: str | None = None) -> Recognised:
    """Return what a file is, by its headers or as the resource that a person named.

    Raises:
        UnreadableError: it is not what it claims to be; it is refused whole.
    """
    with laid_out(services, [file]) as paths:
        try:
            raw = read_table(paths[0])
        except LoadError as error:
            raise _by_name(error, paths[0]) from error
    catalogue = services.catalogue
    known = services.ledger.find(raw.digest, *catalogue.resources())
    try:
        resource = catalogue.resource(code) if code else catalogue.recognise(raw.headers, file.name)
    except ResourceError as error:
        return Recognised(raw, None, {}, raw.headers, (), known, str(error))
    columns = matched(resource, raw.headers)
    every = {header_key(one) for item in resource.columns.values() for one in item.headers}
    unknown = tuple(header for header in raw.headers if header_key(header) not in every)
    missing = tuple(
        name
        for name, column in resource.columns.items()
        if column.mandatory and name not in columns
    )
    return Recognised(raw, resource, columns, unknown, missing, known, "")


def nearest(catalogue: Catalogue, headers: Sequence[str]) -> list[tuple[Resource, int]]:
    """Return every resource with how many of its columns the headers hold, most first."""
    scored = [(one, len(matched(one, headers))) for one in catalogue.resources()]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].code))


def suggested(found: Recognised) -> dict[str, str]:
    """Return for unknown headers the free column whose headers are most like each; few have one."""
    if found.resource is None:
        return {}
    free = {
        header_key(spelling): name
        for name, column in found.resource.columns.items()
        if name not in found.columns
        for spelling in column.headers
    }
    suggestions: dict[str, str] = {}
    for header in found.unknown:
        best = process.extractOne(
            header_key(header), list(free), scorer=fuzz.ratio, score_cutoff=LIKE
        )
        if best is not None and free[best[0]] not in suggestions.values():
            suggestions[header] = free[best[0]]
    return suggestions


def preview(services: Services, found: Recognised) -> Preview:
    """Return what a load would make of a recognised file.

    Raises:
        ResourceError: it is of no resource, or lacks a mandatory column.
    """
    if found.resource is None:
        raise ResourceError("headers", list(found.raw.headers)[:12], "belong to no known resource")
    intake = take_in(found.raw, found.resource, services.pipeline().key)
    accepted = intake.accepted
    shown = accepted.head(PREVIEWED).select(
        "row", pl.col(rf"^{_RAW}.*$").name.map(lambda name: name.removeprefix(_RAW))
    )
    filled = {
        name: int(accepted[f"v_{name}"].is_not_null().sum())
        for name in found.resource.columns
        if name in found.columns
    }
    read = accepted.height + intake.rejected.height
    return Preview(read, accepted.height, shown, intake.rejected, filled)


def learn(services: Services, resource: Resource, headers: Mapping[str, str]) -> Resource:
    """Keep that these headers of a site's files hold these columns; return the wider resource.

    The site's own entry replaces the shipped one of the same code from now on.

    Raises:
        ResourceError: a column is none of the resource, or two headers are to hold one.
    """
    require(services, Right.LOAD, f"{resource.code}: {', '.join(headers)}")
    columns = dict(resource.columns)
    for header, name in headers.items():
        if name not in columns:
            raise ResourceError(resource.code, name, "is no column of it")
        if list(headers.values()).count(name) > 1:
            raise ResourceError(resource.code, name, "is to be held by two headers")
        spellings = (*columns[name].headers, header)
        columns[name] = columns[name].model_copy(update={"headers": spellings})
    wider = resource.model_copy(update={"columns": columns})
    content = wider.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    folder = services.workspace.catalogue
    with services.workspace.writing():
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(_entry_of(folder, resource.code), text.encode())
    # Read again by whoever asks next.
    forget(services, "catalogue")
    return services.catalogue.resource(resource.code)


def _entry_of(folder: Path, code: str) -> Path:
    """Return the site's file that declares a resource already, else one named after it."""
    named = (path for path in sorted(folder.glob("*.yml")) if check_entry(path).code == code)
    return next(named, folder / f"{code}.yml")


def outcomes(answer: Mapping[str, Any]) -> list[FileOutcome]:
    """Return what `xinmai load --json` answered, file by file; each bears its own name."""
    return [_named(FileOutcome(**one)) for one in answer["files"]]


def _named(outcome: FileOutcome) -> FileOutcome:
    path = Path(outcome.file)
    refused = outcome.refused and _without_place(outcome.refused, path)
    return replace(outcome, file=path.name, refused=refused)


def _by_name(error: LoadError, path: Path) -> LoadError:
    """Return an error that names the file as the person does, not where it was laid out."""
    thing, rule = (_without_place(str(part), path) for part in (error.thing, error.rule))
    return type(error)(thing, error.value, rule)


def _without_place(words: str, path: Path) -> str:
    # A library may name the path, and a message may be cut within it.
    return re.sub(rf"{re.escape(str(path.parents[2]))}\S*", path.name, words)
