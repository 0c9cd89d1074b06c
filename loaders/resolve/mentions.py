"""Mentions: every party that a ledger record names, with its names and identifiers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graph.identifiers.identity import IdentityKey
from loaders.catalogue.catalog import Catalogue
from loaders.catalogue.resource import JOINED_BY, PartyForm, Resource, ValueKind
from loaders.clean.columns import clean_column
from loaders.clean.names import is_person_name, name_key
from loaders.clean.texts import changed_where
from loaders.digests import md5_hex
from loaders.pool import at_once, in_pool
from loaders.sorting import by_digest

if TYPE_CHECKING:
    # Who resolves mentions that are there already needs none of the readers behind the ledger.
    from loaders.ledger import Ledger

# Identifiers by which parties are joined; `local_id` is a department's own number, kept only.
IDENTIFIERS = (*JOINED_BY, "id_hash")
COLUMNS: dict[str, type[pl.DataType]] = {
    "resource": pl.String,
    "at": pl.UInt32,
    "role": pl.String,
    "record_id": pl.String,
    "seen_on": pl.Date,
    "person": pl.Boolean,
    "intermediary": pl.Boolean,
    "name": pl.String,
    "name_key": pl.String,
    "former_key": pl.String,
    "anchor": pl.String,
    **dict.fromkeys(IDENTIFIERS, pl.String),
    "own_uid": pl.String,
}
# Of rows that say the same the first of these is shown. Departments deliver the whole of a table
# again and again, under names that begin alike and end with a date: the oldest stays the first.
FIRST = ("file", "batch", "row")
# Resources of imported graphs: their rows name parties by uid, and mention none.
FLAT = "flat_"
# Rows that are asked together for whom they name: a few of every role take the time of one role,
# and more of them would take more memory than the largest role does.
_TOGETHER = 2**16
# They are asked side by side: two cores.
_WORKERS = 2
# What a row says of a party as it stands there, and its kind by the form; what it does not say is
# left out until all are put together.
_STANDING: dict[str, type[pl.DataType]] = {
    **{name: COLUMNS[name] for name in ("resource", "at", "role", "record_id", "seen_on")},
    **dict.fromkeys(("name", "former", "anchor", "kind"), pl.String),
    "intermediary": pl.Boolean,
    **dict.fromkeys(IDENTIFIERS, pl.String),
}
# The cells of a row as they were given stand in these columns.
_AS_GIVEN = (r"^raw_.*$", r"^.*_raw$")
# Columns without a value hash nothing.
_NO_KEY = IdentityKey(b"")
# The organisation code stands in these characters of a credit code (GB 32100-2015).
ORGANISATION_PART = (8, 9)
CREDIT_CODE_LENGTH = 18
OLD_TAX_NUMBER_LENGTH = 15
_OLD_TAX_REGION = 6


@dataclass(frozen=True, slots=True)
class Mentions:
    """All mentions of a ledger.

    `frame` has one row a mention, columns COLUMNS: row `at` of `rows[resource]` names a party in
    `role`. `rows` are the ledger's rows by resource, each statement once: record_id, batch, file,
    row, seen_on and the typed values `v_<column>`.
    """

    frame: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]


def mentions(ledger: "Ledger", catalogue: Catalogue) -> Mentions:
    """Return every mention of a party in the ledger; flat imports are no mentions.

    Raises:
        ResourceError: the ledger holds rows of a resource that the catalogue lost.
        LedgerError: the ledger cannot be read.
    """
    return mentions_of({code: statements(ledger, code) for code in ledger.resources()}, catalogue)


def mentions_of(rows: Mapping[str, pl.DataFrame], catalogue: Catalogue) -> Mentions:
    """Return every mention of a party in statements by resource.

    Raises:
        ResourceError: the rows are of a resource that the catalogue lost.
    """
    several: list[list[pl.LazyFrame]] = [[]]
    asked = 0
    whole = dict(rows)
    for code in rows:
        if code.startswith(FLAT):
            continue
        resource = catalogue.resource(code)
        whole[code] = frame = _completed(rows[code], resource)
        for role, form in resource.parties.items():
            several[-1].append(_named(frame, resource, role, form))
            asked += frame.height
            if asked >= _TOGETHER:
                several.append([])
                asked = 0
    waiting = [named for named in several if named]
    if len(waiting) <= 1:
        few = in_pool(lambda: [_mentions(named) for named in waiting])
        return Mentions(pl.concat([pl.DataFrame(schema=COLUMNS), *few]), whole)
    # Most of it is done a name at a time, by the thread that asks for it.
    with ThreadPoolExecutor(_WORKERS) as pool:
        found = pool.map(_mentions, waiting)
        return Mentions(pl.concat([pl.DataFrame(schema=COLUMNS), *found]), whole)


def _completed(frame: pl.DataFrame, resource: Resource) -> pl.DataFrame:
    """Return the rows with every declared column: one that was loaded before it was has none."""
    nothing = pl.DataFrame({"text": pl.Series([], dtype=pl.String)})
    there = frozenset(frame.columns)
    added: dict[str, pl.DataType] = {}
    for name, column in resource.columns.items():
        if f"v_{name}" not in there:
            unread = clean_column(
                nothing, "text", column.kind, column.unit, column.choices, _NO_KEY
            )
            added |= {f"v_{name}{suffix}": empty.dtype for suffix, empty in unread.columns.items()}
    if not added:
        return frame
    return frame.with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in added.items())


def statements(
    ledger: "Ledger",
    resource: str,
    batches: Collection[str] | None = None,
) -> pl.DataFrame:
    """Return the rows of a resource by record id, of a statement made twice the first by FIRST.

    Of these batches alone where they are given.
    """
    return statements_of(ledger, [resource], batches)[resource]


def statements_of(
    ledger: "Ledger", resources: Sequence[str], batches: Collection[str] | None = None
) -> dict[str, pl.DataFrame]:
    """Return the `statements` of several resources, which are read side by side."""
    read = pl.collect_all([_typed(ledger.read(code, batches)) for code in resources])
    return {code: _once(frame) for code, frame in zip(resources, read, strict=True)}


def _typed(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return rows without the cells as they were given."""
    # By their form: to ask for the names opens every file once more.
    return rows.select(pl.all().exclude(_AS_GIVEN))


def _once(frame: pl.DataFrame) -> pl.DataFrame:
    if frame["record_id"].n_unique() < frame.height:
        frame = frame.sort(FIRST).unique("record_id", keep="first", maintain_order=True)
    return by_digest(frame, "record_id")


def when(frame: pl.DataFrame, conditions: Mapping[str, tuple[str, ...]]) -> pl.Series:
    """Return the rows whose columns hold one of the values asked for."""
    keep = pl.repeat(value=True, n=pl.len()).alias("all") & _holding(conditions)
    return frame.select(keep).to_series().fill_null(value=False)


def _holding(conditions: Mapping[str, tuple[str, ...]]) -> pl.Expr:
    keep = pl.lit(value=True)
    for column, values in conditions.items():
        keep = keep & pl.col(f"v_{column}").is_in(list(values))
    return keep


def own_uids(record_ids: pl.Series, roles: pl.Series | str) -> pl.Series:
    """Return the uid that each mention would have alone: "x" and 16 hex of md5(record_id/role)."""
    return "x" + md5_hex(record_ids + "/" + roles, 16)


def _named(rows: pl.DataFrame, resource: Resource, role: str, form: PartyForm) -> pl.LazyFrame:
    """Return what the rows that name a party in a role say of it: some columns of _STANDING."""
    told = dict(_identifiers(form, resource))
    if form.name:
        told["name"] = f"v_{form.name}"
    kept = rows.lazy().with_row_index("at")
    if form.when:
        kept = kept.filter(_holding(form.when))
    frame = kept.select(
        pl.lit(resource.code).alias("resource"),
        "at",
        pl.lit(role).alias("role"),
        "record_id",
        "seen_on",
        pl.lit(form.anchor, dtype=pl.String).alias("anchor"),
        pl.lit("Intermediary" in form.roles).alias("intermediary"),
        pl.lit(form.kind).alias("kind"),
        **told,
        **({"former": f"v_{form.former_names}"} if form.former_names else {}),
    )
    return frame.filter(
        pl.any_horizontal(pl.col(*told).is_not_null()) if told else pl.lit(value=False)
    )


def _mentions(named: Sequence[pl.LazyFrame]) -> pl.DataFrame:
    """Return what was said of parties in the form of COLUMNS."""
    standing = [pl.DataFrame(schema=_STANDING), *pl.collect_all(named)]
    frame = _codes(pl.concat(standing, how="diagonal"))
    key, (person, own) = at_once(
        lambda: name_key(frame["name"]),
        lambda: (_person(frame), own_uids(frame["record_id"], frame["role"])),
    )
    return frame.with_columns(
        person.alias("person"),
        key.alias("name_key"),
        # Next to nobody gives a former name.
        changed_where(frame["former"], frame["former"].is_not_null(), name_key).alias("former_key"),
        own.alias("own_uid"),
    ).select(list(COLUMNS))


def _identifiers(form: PartyForm, resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield the identifiers of a party that a row gives, each with its column."""
    for identifier in IDENTIFIERS:
        column = form.identifiers.get("id_number" if identifier == "id_hash" else identifier)
        if column and resource.columns[column].kind is not ValueKind.REGION:
            yield identifier, f"v_{column}"


def _codes(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the mentions with the codes that lie inside other codes."""
    tax = pl.col("tax_number")
    length = tax.str.len_chars()
    uscc = pl.col("uscc").fill_null(pl.when(length == CREDIT_CODE_LENGTH).then(tax))
    inner = pl.when(length == OLD_TAX_NUMBER_LENGTH).then(tax.str.slice(_OLD_TAX_REGION))
    frame = frame.with_columns(uscc.alias("uscc"))
    own = pl.col("uscc").str.slice(*ORGANISATION_PART)
    return frame.with_columns(own.fill_null(pl.col("org_code")).fill_null(inner).alias("org_code"))


def _person(frame: pl.DataFrame) -> pl.Series:
    # A holder or a subject of either kind: an identifier says it, else the form of the name.
    coded = pl.any_horizontal(pl.col("uscc", "org_code", "registration_number").is_not_null())
    either = (frame["kind"] == "party").to_numpy()
    places = np.flatnonzero(either)
    said = frame.select(
        pl.when(pl.col("kind") != "party")
        .then(pl.col("kind") == "person")
        .when(coded)
        .then(statement=False)
        .when(pl.col("id_hash").is_not_null())
        .then(statement=True)
        .otherwise(None)
        .alias("person")
    ).to_series()
    open_ = places[said.gather(places).is_null().to_numpy()]
    return said.scatter(open_, is_person_name(frame["name"].gather(open_)).fill_null(value=False))
