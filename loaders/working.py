"""What the last load worked out, kept so that the next one goes on from it; it may be deleted.

Most of it is as it was after the load before: the files of that one are linked, and what is new or
other is written beside them. A table is its files in order of their numbers.
"""

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import polars as pl
import pyarrow as pa
from pydantic import BaseModel

from loaders.inputs import Inputs
from loaders.pool import at_once
from loaders.resolve.clusters import FOUND
from loaders.resolve.increment import Resolved
from loaders.resolve.judgements import Judgement
from loaders.resolve.keys import Index, Indexes
from loaders.resolve.known import KNOWN, Known
from loaders.resolve.leads import Leads
from loaders.resolve.mentions import COLUMNS
from loaders.resolve.pieces import in_pieces

T = TypeVar("T")

# What mentions say, each with the form of it; what was found of them, with `place` in files after
# the first; what organisations say, once each; who holds a key, each file sorted by it; the names
# of parties, and beside them those parties of which the files before say nothing any more.
_MENTIONS, _FOUND, _PROFILES, _TOUCHED = "mentions", "found", "profiles", "touched"
_FORMS, _KEYS_OF_FORMS, _KEYS_OF_PERSONS = "forms", "keys-forms", "keys-persons"
_LEADS = "leads"
_ROWS = "rows-"
_META = "meta.json"
_ASIDE = ".writing-"
# Loads after which all is written anew: so many files a table are still read as fast as one.
_MOST_FILES = 12


class _Meta(BaseModel):
    """What stands beside the tables; of another version of polars their numbers may be others."""

    inputs: Inputs
    polars: str = pl.__version__
    overused: dict[str, list[str]]
    judgements: list[Judgement]
    vetoed: list[Judgement]
    passed_over: dict[str, int]


@dataclass(frozen=True, slots=True)
class Worked:
    """What resolution knows after the load that made `snapshot` of `batches`."""

    snapshot: str
    batches: frozenset[str]
    known: Known
    leads: Leads


@dataclass(frozen=True, slots=True)
class Step:
    """From where a load went on, whom it looked at again, and which parties' names it cut anew."""

    last: Worked
    resolved: Resolved
    touched: pl.Series


def lay_aside(
    folder: Path,
    snapshot: str,
    inputs: Inputs,
    known: Known,
    leads: Leads,
    *,
    step: Step | None = None,
) -> Callable[[], None]:
    """Write what a load worked out beside what is kept; return what puts it in its place.

    Until then what the load before kept is gone on from: the snapshot need not be there yet. With
    `step` only what it changed is written, else what begin_aside has not. Nothing is lost where it
    cannot be written: the next load then looks at everything again.
    """
    aside, target = _aside(folder, snapshot), folder / snapshot

    @_or_nothing(aside)
    def put() -> None:
        # Without this file the next load passes over what lies there.
        (aside / _META).write_text(meta.model_dump_json(), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        aside.rename(target)
        for other in folder.iterdir():
            if other != target:
                shutil.rmtree(other, ignore_errors=True)

    number = 0
    with _or_nothing(aside):
        if step is not None:
            _clean(aside)
            number = _linked(folder / step.last.snapshot, aside)
            tables = _changes(known, leads, step) if number else _tables(known)
            for name, frame in tables.items():
                if not number or frame.height:
                    _write(frame, aside / f"{name}.{number:03}.arrow")
        if not number:
            _write(leads.profiles, aside / f"{_PROFILES}.{0:03}.arrow")
        _write(leads.frame, aside / f"{_LEADS}.{0:03}.arrow")
    meta = _Meta(
        inputs=inputs,
        overused={column: values.to_list() for column, values in known.overused.items()},
        judgements=list(known.judgements),
        vetoed=list(known.vetoed),
        passed_over=dict(leads.passed_over),
    )
    return put


def begin_aside(folder: Path, snapshot: str, known: Known) -> None:
    """Write what lay_aside can before there are leads: most of it, while these are looked for."""
    aside = _aside(folder, snapshot)
    with _or_nothing(aside):
        _clean(aside)
        for name, frame in _tables(known).items():
            _write(frame, aside / f"{name}.{0:03}.arrow")


def drop_aside(folder: Path, snapshot: str) -> None:
    """Take away what begin_aside wrote for a snapshot that there will not be."""
    shutil.rmtree(_aside(folder, snapshot), ignore_errors=True)


def _aside(folder: Path, snapshot: str) -> Path:
    return folder / f"{_ASIDE}{snapshot}"


def _clean(aside: Path) -> None:
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)


@contextmanager
def _or_nothing(aside: Path) -> Iterator[None]:
    """Take away what lies aside where it cannot be written."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError):
        shutil.rmtree(aside, ignore_errors=True)


def _linked(before: Path, aside: Path) -> int:
    """Link the files of the load before; return the number of those to come, 0 for all anew."""
    files = [path for path in before.glob("*.arrow") if not path.name.startswith(f"{_LEADS}.")]
    number = max((_number(path) for path in files), default=-1) + 1
    if not 0 < number < _MOST_FILES:
        return 0
    for path in files:
        try:
            os.link(path, aside / path.name)
        except OSError:
            # Not every file system knows links.
            shutil.copyfile(path, aside / path.name)
    return number


def _number(path: Path) -> int:
    return int(path.name.split(".")[-2])


def _write(frame: pl.DataFrame, path: Path) -> None:
    # Rows are looked up where they lie: in a table of one piece in a quarter of the time.
    rows = max(1, frame.height)
    frame.write_ipc(path, compression="uncompressed", record_batch_size=rows)


def _tables(known: Known) -> Mapping[str, pl.DataFrame]:
    tables = {
        _MENTIONS: known.frame.select(*COLUMNS, known.form),
        _FOUND: known.frame.select(list(FOUND)),
        _FORMS: known.forms,
        _KEYS_OF_FORMS: known.indexes.forms.as_one(),
        _KEYS_OF_PERSONS: known.indexes.persons.as_one(),
    }
    return tables | {f"{_ROWS}{code}": rows for code, rows in known.rows.items()}


def _changes(known: Known, leads: Leads, step: Step) -> Mapping[str, pl.DataFrame]:
    """Return what is to stand in the files of a step: rows at the end, and rows that are other."""
    before = step.last.known
    fresh = pl.arange(before.frame.height, known.frame.height, dtype=pl.UInt32, eager=True)
    places = pl.concat([step.resolved.other.cast(pl.UInt32), fresh]).rename("place")
    found = known.frame.select(list(FOUND))[places].with_columns(places)
    again = leads.profiles.filter(leads.profiles["uid"].is_in(step.touched.implode()))
    tables = {
        _MENTIONS: known.frame.select(*COLUMNS, known.form)[before.frame.height :],
        _FOUND: found,
        _FORMS: known.forms[before.forms.height :],
        _KEYS_OF_FORMS: known.indexes.forms.parts[-1],
        _KEYS_OF_PERSONS: known.indexes.persons.parts[-1],
        _PROFILES: again,
        _TOUCHED: step.touched.rename("uid").to_frame(),
    }
    for code, rows in known.rows.items():
        start = before.rows[code].height if code in before.rows else 0
        tables[f"{_ROWS}{code}"] = rows[start:]
    return tables


def worked(folder: Path, inputs: Inputs) -> Worked | None:
    """Return what the last load worked out, or None where nothing is there that fits `inputs`.

    Catalogue, key and rules must be the same, and every batch still be there. Judgements may
    differ: resolution compares them one by one.
    """
    found = worked_beside(folder, inputs, lambda _: None)
    return found and found[0]


def worked_beside(
    folder: Path, inputs: Inputs, beside: Callable[[frozenset[str]], T]
) -> tuple[Worked, T] | None:
    """Return what `worked` does, and what `beside` does of its batches: it is done meanwhile.

    `beside` must not wait for another thread (loaders/pool.py). Where it cannot read a file that is
    not of the last load, nothing is gone on from: who then looks at everything tells of it.
    """
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            meta = _Meta.model_validate_json((path / _META).read_bytes())
            if _fits(meta, inputs):
                there = frozenset(meta.inputs.batches)
                return at_once(partial(_read, path, meta), partial(beside, there))
        except (OSError, ValueError, KeyError, pl.exceptions.PolarsError):
            # Half of it is gone or of another version: everything is looked at again.
            continue
    return None


def _fits(meta: _Meta, inputs: Inputs) -> bool:
    then = meta.inputs
    same = (then.catalogue, then.key, then.rules) == (inputs.catalogue, inputs.key, inputs.rules)
    return same and meta.polars == pl.__version__ and set(then.batches) <= set(inputs.batches)


def _read(path: Path, meta: _Meta) -> Worked:
    parts: defaultdict[str, dict[int, pl.DataFrame]] = defaultdict(dict)
    for file in sorted(path.glob("*.arrow")):
        parts[file.name.rsplit(".", 2)[0]][_number(file)] = _mapped(file)
    mentions = pl.concat(parts[_MENTIONS].values())
    found = _found(list(parts[_FOUND].values()), mentions.height)
    held = in_pieces(found.select(list(FOUND)), mentions["own_uid"])
    frame = mentions.drop("form").with_columns(held).select(list(KNOWN))
    known = Known(
        frame=frame,
        rows={
            name.removeprefix(_ROWS): pl.concat(several.values(), how="diagonal")
            for name, several in sorted(parts.items())
            if name.startswith(_ROWS)
        },
        overused={
            column: pl.Series(column, values, pl.String) for column, values in meta.overused.items()
        },
        judgements=tuple(meta.judgements),
        vetoed=tuple(meta.vetoed),
        forms=pl.concat(parts[_FORMS].values()),
        form=mentions["form"],
        indexes=Indexes(
            Index(tuple(parts[_KEYS_OF_FORMS].values())),
            Index(tuple(parts[_KEYS_OF_PERSONS].values())),
        ),
    )
    profiles = _profiles(parts[_PROFILES], parts[_TOUCHED])
    leads = Leads(parts[_LEADS][0], profiles, meta.passed_over)
    return Worked(path.name, frozenset(meta.inputs.batches), known, leads)


def _mapped(path: Path) -> pl.DataFrame:
    """Return a table where it lies: of most columns a load looks at a few rows only."""
    table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    return pl.DataFrame(pl.from_arrow(table, rechunk=False))


def _found(parts: Sequence[pl.DataFrame], height: int) -> pl.DataFrame:
    """Return what was found of every mention: what the last file says of it."""
    found = parts[0]
    if len(parts) == 1:
        return found
    found = pl.concat([found, found.clear(height - found.height)])
    for part in parts[1:]:
        places = part["place"]
        found = found.with_columns(found[name].scatter(places, part[name]) for name in FOUND)
    return found


def _profiles(
    parts: Mapping[int, pl.DataFrame], touched: Mapping[int, pl.DataFrame]
) -> pl.DataFrame:
    found = parts[0]
    for number, uids in touched.items():
        kept = found.filter(~found["uid"].is_in(uids["uid"].implode()))
        found = pl.concat([kept, parts[number]]) if number in parts else kept
    return found
