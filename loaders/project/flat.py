"""An imported graph: uids and keys as given, no resolution."""

from collections.abc import Mapping

import polars as pl

from graph.snapshot.tables import LINKS, MENTIONS, NODES, RECORDS
from loaders.flat import forms
from loaders.flat.read import ROLE_LABELS
from loaders.flat.same import VERSION, link_keys
from loaders.project.placed import fitted
from loaders.project.records import standing


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


def flat_nodes(rows: Mapping[str, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (nodes, mentions) of imported nodes in the forms of NODES and MENTIONS."""
    if forms.NODES.code not in rows:
        return pl.DataFrame(schema=NODES), pl.DataFrame(schema=MENTIONS)
    frame = _values(rows[forms.NODES.code])
    frame = frame.sort("uid", "ledger_id").unique("uid", keep="first", maintain_order=True)
    role = pl.when(pl.col("label").is_in(["Intermediary", "KeyProfessional"])).then("label")
    label = pl.col("label").replace(ROLE_LABELS)
    frame = frame.with_columns(
        label.alias("label"),
        pl.concat_list(label, role).list.drop_nulls().alias("labels"),
        pl.lit(forms.NODES.code).alias("resource"),
        pl.col("ledger_id").alias("record_id"),
        pl.lit(1, dtype=pl.Int64).alias("mentions"),
    )
    said = frame.with_columns(
        pl.lit("node").alias("role"), pl.col("uid").alias("own_uid"), pl.lit("given").alias("rule")
    )
    return fitted(frame, NODES), fitted(said, MENTIONS)


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
    if VERSION not in frame.columns:
        frame = frame.with_columns(pl.lit(1, pl.Int64).alias(VERSION))
    # The last statement under a key holds; what was imported before they were counted is the first.
    frame = _entrusted(frame.with_columns(pl.col(VERSION).fill_null(1)))
    frame = frame.sort("key", VERSION, "ledger_id", descending=[False, True, False])
    said = frame.group_by("key", maintain_order=True).agg(pl.col("ledger_id").alias("records"))
    first = frame.unique("key", keep="first", maintain_order=True)
    first = first.with_columns(
        pl.when(pl.col("type") == "POSSIBLY_SAME")
        .then(pl.lit("lead"))
        .otherwise("kind")
        .alias("kind")
    )
    return fitted(first.join(said, on="key", how="left", maintain_order="left"), LINKS)


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
    frame = frame.sort(*pair, standing(), "ledger_id")
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
