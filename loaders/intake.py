"""A raw table becomes ledger rows: values cleaned by kind, broken rows set apart."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

import polars as pl

from graph.errors import ResourceError
from graph.identifiers.identity import IdentityKey
from loaders.catalogue.catalog import matched
from loaders.catalogue.resource import Column, Resource, ValueKind
from loaders.cells import ROW
from loaders.clean.columns import SHORT, Cleaned, clean_column, clean_columns, each_of
from loaders.digests import md5_of
from loaders.pool import in_pool
from loaders.readers import RawTable
from loaders.rejects import LONGEST_CELL, masked, rejected_rows, with_broken

# What stands between names in a list; a comma may stand inside one: CHAN, TAI MAN.
_SEVERAL = r"[、;；]"


@dataclass(frozen=True, slots=True)
class Intake:
    """Rows of one table: `accepted` in the ledger's form, `rejected` as given with the reasons.

    accepted: record_id, row, seen_on, one `v_<column>` (and its suffixes) a declared column, one
    `raw_<header>` a header. rejected: the cells by header, then REASONS.
    """

    accepted: pl.DataFrame
    rejected: pl.DataFrame


@dataclass
class _Faults:
    """The first rule that each row breaks."""

    height: int
    masks: list[tuple[pl.Series, str, str]] = field(default_factory=list)

    def add(self, broken: pl.Series, column: str, rule: str) -> None:
        if broken.any():
            self.masks.append((broken.fill_null(value=False), column, rule))

    def frame(self) -> pl.DataFrame:
        """Return `column` and `rule` by row, null where nothing is broken."""
        column, rule = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.String)
        table = pl.DataFrame({"at": range(self.height)})
        for number, (mask, name, text) in reversed(list(enumerate(self.masks))):
            table = table.with_columns(mask.alias(f"m{number}"))
            column = pl.when(pl.col(f"m{number}")).then(pl.lit(name)).otherwise(column)
            rule = pl.when(pl.col(f"m{number}")).then(pl.lit(text)).otherwise(rule)
        return table.select(column.alias("column"), rule.alias("rule"))


def take_in(raw: RawTable, resource: Resource, key: IdentityKey) -> Intake:
    """Return the rows of a table as the ledger keeps them.

    Raises:
        ResourceError: the table lacks a mandatory column of the resource.
    """
    headers = _headers(raw, resource)
    if raw.frame.height <= SHORT:
        return in_pool(lambda: _taken_in(raw, resource, headers, key))
    return _taken_in(raw, resource, headers, key)


def _taken_in(
    raw: RawTable, resource: Resource, headers: Mapping[str, str], key: IdentityKey
) -> Intake:
    frame = raw.frame
    faults = _Faults(frame.height)
    cells = raw.cells()
    nul = each_of(cells, lambda texts: texts.str.contains("\x00", literal=True))
    huge = each_of(cells, lambda texts: texts.str.len_chars() > LONGEST_CELL)
    for header, holds, longer in zip(raw.headers, nul, huge, strict=True):
        faults.add(holds, header, "holds a NUL character")
        faults.add(longer, header, f"is longer than {LONGEST_CELL} characters")
    values: dict[str, pl.Series] = {}
    read = _read(frame, resource, headers, key)
    for name, column in resource.columns.items():
        given = headers.get(name)
        cleaned = read[name]
        _judge(faults, cleaned, column, given)
        values |= {f"v_{name}{suffix}": series for suffix, series in cleaned.columns.items()}
    judged = faults.frame()
    shown = each_of(cells, masked)
    accepted = pl.DataFrame(
        {
            "row": frame[ROW],
            "seen_on": _seen_on(values, resource, frame.height),
            **values,
            **{f"raw_{header}": cell for header, cell in zip(raw.headers, shown, strict=True)},
        }
    ).filter(judged["rule"].is_null())
    accepted = accepted.select(record_ids(accepted, resource, list(values)), pl.all())
    bad = rejected_rows(raw.headers, shown, frame[ROW], judged["column"], judged["rule"])
    return Intake(accepted, with_broken(bad, raw))


def _headers(raw: RawTable, resource: Resource) -> dict[str, str]:
    """Return which header of the file holds each declared column."""
    found = matched(resource, raw.headers)
    for name, column in resource.columns.items():
        if column.mandatory and name not in found:
            raise ResourceError(
                f"{raw.path.name} as {resource.code}", column.headers[0], "is a column it must have"
            )
    return found


def _read(
    frame: pl.DataFrame, resource: Resource, headers: Mapping[str, str], key: IdentityKey
) -> dict[str, Cleaned]:
    """Return every declared column as its kind; those that are read alike together."""
    found: dict[str, Cleaned] = {}
    alike: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
    for name, column in resource.columns.items():
        if name in headers:
            alike[column.kind, column.unit, tuple(sorted(column.choices.items()))].append(name)
        else:
            found[name] = _missing(column, frame.height)
    for names in alike.values():
        one = resource.columns[names[0]]
        clean = partial(clean_column, kind=one.kind, unit=one.unit, choices=one.choices, key=key)
        read = clean_columns(frame, [headers[name] for name in names], clean)
        found |= {name: read[headers[name]] for name in names}
    return found


def _missing(column: Column, height: int) -> Cleaned:
    """Return a column that the file has not: every row holds nothing there."""
    read = _nothing(column.kind, column.unit, tuple(sorted(column.choices.items())))
    columns = {name: one.new_from_index(0, height) for name, one in read.columns.items()}
    return Cleaned(columns, read.broken.new_from_index(0, height), read.rule)


@cache
def _nothing(
    kind: ValueKind, unit: str | None, choices: tuple[tuple[str, tuple[str, ...]], ...]
) -> Cleaned:
    """Return what one row that holds nothing becomes: a key is asked for nothing there."""
    nothing = pl.DataFrame({"missing": [None]}, schema={"missing": pl.String})
    return clean_column(nothing, "missing", kind, unit, dict(choices), IdentityKey(b""))


def _judge(faults: _Faults, cleaned: Cleaned, column: Column, header: str | None) -> None:
    if header is None:
        return
    faults.add(cleaned.broken, header, cleaned.rule)
    if column.mandatory:
        faults.add(cleaned.columns[""].is_null(), header, "must be given")
    if column.single:
        several = cleaned.columns[""].str.contains(_SEVERAL)
        faults.add(several, header, "names several; write a row for each")


def _seen_on(values: Mapping[str, pl.Series], resource: Resource, height: int) -> pl.Series:
    if resource.date is None:
        return pl.Series([None] * height, dtype=pl.Date)
    return values[f"v_{resource.date}"]


def record_ids(frame: pl.DataFrame, resource: Resource, columns: Sequence[str]) -> pl.Series:
    """Return one id a row, 32 hex digits: md5 of resource, natural key and content.

    Cleaned values decide, not file and row: the same statement in two files has one id.
    """
    parts = [pl.lit(resource.code), *(_text(f"v_{name}") for name in resource.natural_key)]
    parts += [_text(name) for name in sorted(columns) if not name.endswith("_raw")]
    return md5_of(frame, parts).alias("record_id")


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("\x00")
