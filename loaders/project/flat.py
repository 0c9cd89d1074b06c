"""An imported graph: uids and keys as given, no resolution."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from graph.schema.catalog import SCHEMA
from graph.snapshot.tables import CONFLICTS, LINKS, MENTIONS, NODES, RECORDS, SUPERSEDED
from loaders.flat import forms
from loaders.flat.read import ROLE_LABELS
from loaders.flat.same import VERSION, link_keys
from loaders.project.placed import fitted
from loaders.project.records import standing
from loaders.project.statements import LIST_MARK

# The labels, and the types of links, that have a property which others have not.
_ASIDE = {
    name: [
        node.label
        for node in SCHEMA.nodes
        if name in {one.name for one in SCHEMA.node_properties(node.label)}
    ]
    for name in NODES.keys() - {"label", "labels", "sources", *(p.name for p in SCHEMA.node_common)}
}
_ASIDE_OF_LINKS = {
    name: [
        link.name
        for link in SCHEMA.links
        if name in {one.name for one in SCHEMA.link_properties(link.name)}
    ]
    for name in LINKS.keys()
    - {"type", "source", "target", "records", *(p.name for p in SCHEMA.link_common)}
}
# What is no value of a node that a file could change; the keyed hash is shown to nobody.
_NO_VALUES = frozenset({"uid", "label", "labels", "resource", "record_id", "mentions", "id_hash"})


def _values(rows: pl.DataFrame) -> pl.DataFrame:
    kept = [name for name in rows.columns if name.startswith("v_")]
    return rows.select(
        *(pl.col(name).alias(name[2:]) for name in kept),
        # A file's own record_id is a value of its row; the ledger's leads back to the row.
        pl.col("record_id").alias("ledger_id"),
        "batch",
        "file",
        "row",
    )


@dataclass(frozen=True, slots=True)
class FlatNodes:
    """Imported nodes in the form of NODES, where they stand (MENTIONS), what holds no more.

    `conflicts` (CONFLICTS) are values of earlier rows that the last one does not say; `chosen` is
    null where it says nothing instead.
    """

    nodes: pl.DataFrame
    mentions: pl.DataFrame
    conflicts: pl.DataFrame


def flat_nodes(rows: Mapping[str, pl.DataFrame]) -> FlatNodes:
    """Return imported nodes: of several rows of a uid the last holds."""
    if forms.NODES.code not in rows:
        empty = (pl.DataFrame(schema=schema) for schema in (NODES, MENTIONS, CONFLICTS))
        return FlatNodes(*empty)
    frame = _values(rows[forms.NODES.code])
    role = pl.when(pl.col("label").is_in(["Intermediary", "KeyProfessional"])).then("label")
    label = pl.col("label").replace(ROLE_LABELS)
    frame = _in_turn(frame, "uid").with_columns(
        label.alias("label"),
        role.alias("part"),
        pl.concat_list(label, role).list.drop_nulls().alias("labels"),
        pl.lit(forms.NODES.code).alias("resource"),
        pl.col("ledger_id").alias("record_id"),
        pl.len().over("uid").cast(pl.Int64).alias("mentions"),
    )
    frame = frame.with_columns(_of_its_labels(name) for name in frame.columns if name in _ASIDE)
    last = frame.unique("uid", keep="first", maintain_order=True)
    said = frame.with_columns(
        pl.lit("node").alias("role"), pl.col("uid").alias("own_uid"), pl.lit("given").alias("rule")
    )
    earlier = frame.filter(~pl.col("uid").is_first_distinct())
    return FlatNodes(fitted(last, NODES), fitted(said, MENTIONS), _no_more(earlier, last))


def _of_its_labels(name: str) -> pl.Expr:
    """Return a property where the node's label or part has it: what else is said is not used."""
    has = pl.any_horizontal(pl.col("label", "part").is_in(_ASIDE[name]))
    return pl.when(has).then(name).alias(name)


def _of_its_type(name: str) -> pl.Expr:
    """Return a property where the type of a link has it."""
    return pl.when(pl.col("type").is_in(_ASIDE_OF_LINKS[name])).then(name).alias(name)


def _in_turn(frame: pl.DataFrame, *keys: str | pl.Expr) -> pl.DataFrame:
    """Return the rows by keys, of each the last version first."""
    if VERSION not in frame.columns:
        frame = frame.with_columns(pl.lit(1, pl.Int64).alias(VERSION))
    # What was imported before versions were counted is the first.
    frame = frame.with_columns(pl.col(VERSION).fill_null(1))
    order = [*(False for _ in keys), True, False]
    return frame.sort(*keys, VERSION, "ledger_id", descending=order)


def _no_more(earlier: pl.DataFrame, last: pl.DataFrame) -> pl.DataFrame:
    """Return what `earlier` rows say of a uid and the `last` does not, in the form of CONFLICTS."""
    said = _values_of(earlier).drop_nulls("value")
    now = _values_of(last.join(earlier, on="uid", how="semi"))
    now = now.select("uid", "property", pl.col("value").alias("chosen"))
    lost = said.join(now, on=["uid", "property"], how="left", maintain_order="left")
    lost = lost.filter(pl.col("value").ne_missing(pl.col("chosen")))
    lost = lost.unique(["uid", "property", "value"], keep="first", maintain_order=True)
    return fitted(lost.with_columns(pl.lit(SUPERSEDED).alias("rule")), CONFLICTS)


def _values_of(frame: pl.DataFrame) -> pl.DataFrame:
    """Return each property of each node as a row with its `value` as text."""
    names = [name for name in NODES if name in frame.columns and name not in _NO_VALUES]
    lists = [name for name in names if isinstance(frame.schema[name], pl.List)]
    texts = frame.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.join(LIST_MARK) for name in lists
    ).with_columns(pl.col(names).cast(pl.String))
    index = ["uid", "resource", "record_id"]
    return texts.unpivot(names, index=index, variable_name="property", value_name="value")


def flat_said(rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return where imported links and records stand, in the form of MENTIONS; they name no uid."""
    roles = {forms.EDGES.code: "link", forms.RECORDS.code: "record"}
    parts = [pl.DataFrame(schema=MENTIONS)]
    for code, role in roles.items():
        if code in rows:
            said = rows[code].select("record_id", "batch", "file", "row")
            said = said.with_columns(
                pl.lit(role).alias("role"),
                pl.lit(code).alias("resource"),
                pl.lit("given").alias("rule"),
            )
            parts.append(fitted(said, MENTIONS))
    return pl.concat(parts)


def flat_links(rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return imported links in the form of LINKS; the same row twice is one link."""
    if forms.EDGES.code not in rows:
        return pl.DataFrame(schema=LINKS)
    frame = _values(rows[forms.EDGES.code])
    frame = frame.with_columns(
        link_keys(frame).alias("key"),
        pl.lit("recorded").alias("kind"),
        pl.lit(forms.EDGES.code).alias("resource"),
        pl.col("ledger_id").alias("record_id"),
    )
    frame = frame.with_columns(
        _of_its_type(name) for name in frame.columns if name in _ASIDE_OF_LINKS
    )
    frame = _in_turn(frame, "key")
    said = frame.group_by("key", maintain_order=True).agg(pl.col("ledger_id").alias("records"))
    # The last statement under a key holds, and whom it entrusts with votes.
    last = frame.unique("key", keep="first", maintain_order=True)
    last = _entrusted(last.join(said, on="key", how="left", maintain_order="left"))
    last = last.with_columns(
        pl.when(pl.col("type") == "POSSIBLY_SAME")
        .then(pl.lit("lead"))
        .otherwise("kind")
        .alias("kind")
    )
    return fitted(last, LINKS)


def _entrusted(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the links with entrusted votes as a link of their own, from the trustee.

    The holder keeps its shares and has no votes by that row; both links stand on the same row.
    """
    if "entrusted_to" not in frame.columns:
        return frame
    for name in ("votes", "share", "share_min", "entrusted_by", "acting_group"):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype=LINKS[name]).alias(name))
    # Without votes the row is what an export made of it: the trustee's row stands beside it.
    given = (
        pl.col("entrusted_to").is_not_null()
        & (pl.col("type") == "HOLDS_SHARES")
        & (pl.col("votes").fill_null(1.0) > 0)
    )
    trustee = frame.filter(given).select(
        pl.all().exclude("source", "share", "share_min", "votes", "entrusted_to", "entrusted_by"),
        pl.col("entrusted_to").alias("source"),
        pl.lit(0.0).alias("share"),
        pl.lit(None, dtype=pl.Float64).alias("share_min"),
        pl.coalesce("votes", "share", "share_min").alias("votes"),
        pl.lit(None, dtype=pl.String).alias("entrusted_to"),
        pl.col("source").alias("entrusted_by"),
    )
    nothing = [name for name in ("share_max", "amount", "paid", "partner_kind") if name in trustee]
    trustee = trustee.with_columns(
        pl.lit(None, dtype=trustee.schema[name]).alias(name) for name in nothing
    ).with_columns((pl.col("key") + ":votes").alias("key"))
    kept = frame.with_columns(
        pl.when(given).then(0.0).otherwise("votes").alias("votes"),
        # The trustee votes in the group now.
        pl.when(given).then(None).otherwise("acting_group").alias("acting_group"),
    )
    return pl.concat([kept, trustee.select(kept.columns)])


def flat_records(rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return imported records in the form of RECORDS.

    Of several files that speak of one record the status counts that holds among departments' files
    too: what was repaired does not come back with an older file.
    """
    if forms.RECORDS.code not in rows:
        return pl.DataFrame(schema=RECORDS)
    frame = _values(rows[forms.RECORDS.code]).rename({"record_id": "uid"})
    for name in ("status", "positive", "case_number"):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype=RECORDS[name]).alias(name))
    pair = ["uid", "subject"]
    frame = frame.with_columns(pl.col("status").fill_null("active"))
    frame = _in_turn(frame, *pair, standing())
    said = frame.group_by(pair, maintain_order=True).agg(pl.col("ledger_id").alias("records"))
    frame = frame.unique(pair, keep="first", maintain_order=True).join(
        said, on=pair, how="left", maintain_order="left"
    )
    return fitted(
        frame.with_columns(
            pl.col("positive").fill_null(pl.col("class").is_in(["honour", "permit"])),
            pl.coalesce("case_number", "uid").alias("name"),
            pl.lit(forms.RECORDS.code).alias("resource"),
            pl.col("ledger_id").alias("record_id"),
        ),
        RECORDS,
    )
