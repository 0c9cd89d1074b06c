"""When two imported rows are one: the key of a link, and what a row says."""

from collections.abc import Mapping

import polars as pl

from graph.schema.words import Kind
from loaders.catalogue.resource import Resource
from loaders.digests import md5_of
from loaders.flat import forms
from loaders.flat.rules import typed

# Columns that make the key of a link which brings none (architecture.md 8).
SEAT = ("type", "source", "target", "post", "valid_from")
# Which statement under its uid (a node), key (a link) or id and subject (a record) a row is, from 1
# on: the last one holds.
VERSION = "version"
# What is known of a link: its key, what it says, and its version.
KNOWN_LINKS = {"key": pl.String, "says": pl.String, VERSION: pl.Int64}
# What is known of a node: its uid stands for the key, and it has a label.
KNOWN_NODES = {"uid": pl.String, "label": pl.String, "says": pl.String, VERSION: pl.Int64}
# What is known of a record: the id and the subject that the file gives stand for the key.
KNOWN_RECORDS = {"record_id": pl.String, "subject": pl.String} | {
    "says": pl.String,
    VERSION: pl.Int64,
}
# Rows of the ledger by the code of their form (loaders/flat/forms.py).
Held = Mapping[str, pl.LazyFrame]
_LISTS = (Kind.TEXT_LIST, Kind.INTEGER_LIST)


def link_keys(frame: pl.DataFrame) -> pl.Series:
    """Return the key of each link: its own, else one from the columns of SEAT.

    >>> row = {"type": "RELATED", "source": "a", "target": "b"}
    >>> link_keys(pl.DataFrame([row | {"key": "k"}, row | {"key": None}])).str.len_chars().to_list()
    [1, 21]
    """
    parts = [
        pl.col(name).cast(pl.String).fill_null("") if name in frame.columns else pl.lit("")
        for name in SEAT
    ]
    own = ("l" + md5_of(frame, parts, 20)).alias("key")
    return own if "key" not in frame.columns else frame["key"].fill_null(own)


def typed_values(frame: pl.DataFrame, columns: Mapping[str, Kind]) -> pl.DataFrame:
    """Return the columns as their kinds, null where a cell cannot be read."""
    return frame.select(typed(name, kind).alias(name) for name, kind in columns.items())


def says(values: pl.DataFrame, form: str, columns: Mapping[str, Kind]) -> pl.Series:
    """Return md5 of the form and of what each row says, 32 hex digits.

    Only what is given counts, each value beside its column: an empty column more or less says
    nothing, and the same figure as a share and as votes are two statements.
    """
    parts = [pl.lit(form), *(_said(name, columns[name]) for name in sorted(values.columns))]
    # Each row has parts of its own: what is null leaves no trace.
    text = values.select(pl.concat_str(parts, separator="\x1f", ignore_nulls=True).alias("text"))
    return md5_of(text, [pl.col("text")])


def _said(name: str, kind: Kind) -> pl.Expr:
    value = pl.col(name)
    if kind in _LISTS:
        value = value.cast(pl.List(pl.String)).list.join("|")
    return pl.lit(f"{name}=") + value.cast(pl.String)


def known_links(held: Held) -> pl.DataFrame:
    """Return the newest version of each link that the ledger holds (KNOWN_LINKS)."""
    known = _known(held, forms.EDGES, forms.edge_columns())
    keyed = None if known is None else known.with_columns(link_keys(known).alias("key"))
    return _newest(keyed, KNOWN_LINKS, "key")


def known_nodes(held: Held) -> pl.DataFrame:
    """Return the newest version of each node that the ledger holds (KNOWN_NODES)."""
    known = _known(held, forms.NODES, forms.node_columns())
    return _newest(known, KNOWN_NODES, "uid")


def known_records(held: Held) -> pl.DataFrame:
    """Return the newest version of each record that the ledger holds (KNOWN_RECORDS)."""
    known = _known(held, forms.RECORDS, forms.record_columns())
    return _newest(known, KNOWN_RECORDS, "record_id", "subject")


def _known(held: Held, form: Resource, declared: Mapping[str, Kind]) -> pl.DataFrame | None:
    """Return the declared columns of a form's rows under their own names, `says` and VERSION."""
    if form.code not in held:
        return None
    rows = held[form.code]
    there = set(rows.collect_schema().names())
    kept = [name for name in declared if f"v_{name}" in there]
    # What was imported before versions were counted is the first.
    version = (
        pl.col(f"v_{VERSION}").fill_null(1) if f"v_{VERSION}" in there else pl.lit(1, pl.Int64)
    )
    found = rows.select(*(pl.col(f"v_{name}").alias(name) for name in kept), version.alias(VERSION))
    values = found.collect()
    told = says(values.select(kept), form.code, declared)
    return values.with_columns(told.alias("says"))


def _newest(
    known: pl.DataFrame | None, schema: Mapping[str, type[pl.DataType]], *keys: str
) -> pl.DataFrame:
    if known is None:
        return pl.DataFrame(schema=schema)
    order = [*(False for _ in keys), True, False]
    ordered = known.select(*schema).sort(*keys, VERSION, "says", descending=order)
    return ordered.unique(keys, keep="first", maintain_order=True)


def versioned(frame: pl.DataFrame, own: str = "record_id") -> pl.DataFrame:
    """Return rows beside what is known of them with their own VERSION and id.

    The id, in the column `own`, comes as what the row says; `says` and VERSION as the newest that
    is known under its key. What says otherwise is the next version, and a row of its own in the
    ledger; what it says stands as `stated_here` from now on.
    """
    same = (pl.col("says") == pl.col(own)).fill_null(value=True)
    version = pl.when(same).then(VERSION).otherwise(pl.col(VERSION) + 1).fill_null(1)
    frame = frame.with_columns(version.alias(VERSION))
    ids = version_ids(frame[own], frame[VERSION])
    return frame.rename({own: "stated_here"}).with_columns(ids.alias(own))


def as_taken(accepted: pl.DataFrame, before: pl.LazyFrame) -> pl.DataFrame:
    """Return rows of a file again; those that `before` took of it stay which versions they were.

    What other files said since then holds: the file comes again for its other rows.
    """
    column = f"v_{VERSION}"
    there = column in before.collect_schema().names()
    version = pl.col(column).fill_null(1) if there else pl.lit(1, pl.Int64)
    taken = before.select("row", pl.col("record_id").alias("taken"), version.alias("was")).collect()
    taken = taken.sort("row", "was", descending=[False, True]).unique("row", keep="first")
    frame = accepted.join(taken, on="row", how="left", maintain_order="left")
    return frame.with_columns(
        pl.coalesce("taken", "record_id").alias("record_id"),
        pl.coalesce("was", column).alias(column),
    ).drop("taken", "was")


def version_ids(told: pl.Series, version: pl.Series) -> pl.Series:
    """Return an id a row: what it says, and which version that is after the first."""
    frame = pl.DataFrame({"says": told, VERSION: version})
    later = md5_of(frame, [pl.col("says"), pl.col(VERSION).cast(pl.String)])
    return later.zip_with(version > 1, told)
