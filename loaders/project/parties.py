"""Parties: one row an entity, its values by authority, the losing values kept as conflicts."""

from collections.abc import Sequence

import polars as pl

from graph.snapshot.tables import CONFLICTS, NODES
from loaders.clean.names import name_key, organisation_label
from loaders.project.placed import Placed, fitted
from loaders.project.statements import STATEMENT, as_columns, believed, party_statements
from loaders.resolve.clusters import Clusters
from loaders.resolve.mentions import IDENTIFIERS, Mentions
from loaders.sorting import by_digest

# Variants of a name are no contradiction once brackets, widths and spaces are folded.
_FOLDED = ("name", "representative_name")


def parties(
    placed: Sequence[Placed], mentions: Mentions, clusters: Clusters
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (nodes in the form of NODES, conflicts in the form of CONFLICTS), not sorted."""
    frame = mentions.frame.with_columns(clusters.frame["uid"], clusters.frame["rule"])
    # A mention that stays alone in spite of a code: the code is overused or another's.
    coded = pl.any_horizontal(pl.col(IDENTIFIERS).is_not_null())
    doubted = frame.filter((pl.col("rule") == "alone") & coded).select("record_id", "role")
    said = [part for one in placed for part in party_statements(one, doubted)]
    winners, losers, behind = believed(said)
    own = frame.group_by("uid").agg(
        pl.col("person").first(), pl.len().cast(pl.Int64).alias("mentions")
    )
    nodes = as_columns(by_digest(own, "uid", prefix=1), winners)
    named = winners.get("name", pl.DataFrame(schema=STATEMENT))
    named = named.select("uid", "resource", "record_id")
    nodes = nodes.join(named, on="uid", how="left", maintain_order="left")
    nodes = nodes.join(_sources(behind, named), on="uid", how="left", maintain_order="left")
    nodes = _labelled(_missing_codes(nodes), frame, placed)
    return fitted(_former(nodes), NODES), _conflicts(losers)


def _sources(behind: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Return by uid "property:record_id" of the values that another record than the name's says."""
    uscc = behind.filter(pl.col("property") == "uscc")
    coded = behind.filter(pl.col("property") == "org_code").select("uid")
    # The organisation code inside a credit code comes from where that one does.
    inner = uscc.join(coded, on="uid", how="anti").with_columns(property=pl.lit("org_code"))
    others = (
        pl.concat([behind, inner])
        .filter(pl.col("property") != "name")
        .join(named.select("uid", own="record_id"), on="uid", how="left")
        .filter(pl.col("record_id").ne_missing(pl.col("own")))
    )
    text = pl.col("property") + ":" + pl.col("record_id")
    return (
        others.select("uid", text.alias("sources"))
        .sort("uid", "sources")
        .group_by("uid", maintain_order=True)
        .agg("sources")
    )


def _missing_codes(nodes: pl.DataFrame) -> pl.DataFrame:
    for name in ("uscc", "org_code", "name", "former_names"):
        if name not in nodes.columns:
            kind = NODES[name]
            nodes = nodes.with_columns(pl.lit(None, dtype=kind).alias(name))
    inner = pl.col("uscc").str.slice(8, 9)
    return nodes.with_columns(pl.coalesce("org_code", inner).alias("org_code"))


def _labelled(nodes: pl.DataFrame, frame: pl.DataFrame, placed: Sequence[Placed]) -> pl.DataFrame:
    label = pl.when(pl.col("person")).then(pl.lit("Person")).otherwise(pl.col("own_label"))
    kinds = organisation_label(nodes["name"], nodes["uscc"])
    nodes = nodes.with_columns(kinds.alias("own_label")).with_columns(label.alias("label"))
    given = pl.DataFrame(
        [
            (one.resource.code, role, role_label)
            for one in placed
            for role, form in one.resource.parties.items()
            for role_label in form.roles
        ],
        schema={"resource": pl.String, "role": pl.String, "has": pl.String},
        orient="row",
    )
    roles = (
        frame.select("resource", "role", "uid")
        .join(given, on=["resource", "role"])
        .select("uid", "has")
        .unique()
        .sort("uid", "has")
        .group_by("uid", maintain_order=True)
        .agg("has")
    )
    nodes = nodes.join(roles, on="uid", how="left", maintain_order="left")
    # A person is no Intermediary and an organisation no KeyProfessional, whatever a row says.
    fitting = (
        pl.when(pl.col("person")).then(pl.lit("KeyProfessional")).otherwise(pl.lit("Intermediary"))
    )
    has = pl.col("has").fill_null([])
    labels = pl.concat_list(pl.col("label"), has.list.set_intersection(pl.concat_list(fitting)))
    return nodes.with_columns(labels.alias("labels"))


def _former(nodes: pl.DataFrame) -> pl.DataFrame:
    others = pl.col("former_names").list.set_difference(pl.concat_list("name"))
    return nodes.with_columns(
        pl.when(others.list.len() > 0).then(others.list.sort()).alias("former_names")
    )


def _conflicts(losers: pl.DataFrame) -> pl.DataFrame:
    folded = pl.col("property").is_in(_FOLDED)
    same = name_key(losers["value"]) == name_key(losers["chosen"])
    losers = losers.filter(~(folded & same.fill_null(value=False)))
    return fitted(losers.with_columns(pl.lit("authority").alias("rule")), CONFLICTS)
