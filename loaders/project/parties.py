"""Parties: one row an entity, its values by authority, the losing values kept as conflicts."""

from collections.abc import Sequence

import polars as pl

from graph.snapshot.tables import CONFLICTS, NODES
from loaders.clean.names import name_key, organisation_label
from loaders.project.placed import Placed, fitted
from loaders.project.statements import (
    STATEMENT,
    Lines,
    as_columns,
    believed,
    beside,
    lines_of,
    party_statements,
)
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
    own = frame.group_by("uid").agg(
        pl.col("person").first(), pl.len().cast(pl.Int64).alias("mentions")
    )
    own = by_digest(own, "uid", prefix=1)
    mentioned = _mentioned(frame, own)
    lines = lines_of(placed)
    told = believed(party_statements(placed, mentioned, lines), lines.turn)
    nodes = as_columns(own, told.winners)
    named = told.winners.get("name", pl.DataFrame(schema=STATEMENT))
    nodes = nodes.with_columns(
        beside(nodes.height, named["party"], one) for one in lines.of(named["line"])
    )
    nodes = nodes.with_columns(_sources(told.behind, named, lines, nodes.height))
    nodes = _labelled(_missing_codes(nodes), mentioned, placed)
    return fitted(_former(nodes), NODES), _conflicts(told.losers, own["uid"], lines)


def _mentioned(frame: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Return of mentions where they stand and the number of their party, for party_statements."""
    numbers = own.select("uid").with_row_index("party")
    # A mention that stays alone in spite of a code: the code is overused or another's.
    coded = pl.any_horizontal(pl.col(IDENTIFIERS).is_not_null())
    return frame.select(
        "resource",
        "role",
        "at",
        ((pl.col("rule") == "alone") & coded).fill_null(value=False).alias("doubted"),
        frame.select("uid").join(numbers, on="uid", how="left", maintain_order="left")["party"],
    )


def _sources(behind: pl.DataFrame, named: pl.DataFrame, lines: Lines, height: int) -> pl.Series:
    """Return by party "property:record_id" of the values that another row than the name's says."""
    uscc = behind.filter(pl.col("property") == "uscc")
    coded = behind.filter(pl.col("property") == "org_code").select("party")
    # The organisation code inside a credit code comes from where that one does.
    inner = uscc.join(coded, on="party", how="anti").with_columns(property=pl.lit("org_code"))
    others = pl.concat([behind, inner]).filter(pl.col("property") != "name")
    own = beside(height, named["party"], named["line"]).gather(others["party"])
    others = others.filter(others["line"].ne_missing(own))
    # In the order of the texts that are made of it: a name that begins another comes first.
    names = sorted(others["property"].unique(), key="{}:".format)
    place = pl.col("property").cast(pl.Enum(names)).to_physical().alias("place")
    others = others.with_columns(place, lines.order.gather(others["line"]).alias("order"))
    others = others.sort("party", "place", "order")
    text = others["property"] + ":" + lines.record_ids.gather(others["line"])
    told = others.select("party", text.alias("sources"))
    told = told.group_by("party", maintain_order=True).agg("sources")
    return beside(height, told["party"], told["sources"])


def _missing_codes(nodes: pl.DataFrame) -> pl.DataFrame:
    for name in ("uscc", "org_code", "name", "former_names"):
        if name not in nodes.columns:
            kind = NODES[name]
            nodes = nodes.with_columns(pl.lit(None, dtype=kind).alias(name))
    inner = pl.col("uscc").str.slice(8, 9)
    return nodes.with_columns(pl.coalesce("org_code", inner).alias("org_code"))


def _labelled(
    nodes: pl.DataFrame, mentioned: pl.DataFrame, placed: Sequence[Placed]
) -> pl.DataFrame:
    firms = (~nodes["person"]).arg_true()
    kinds = organisation_label(nodes["name"].gather(firms), nodes["uscc"].gather(firms))
    label = beside(nodes.height, firms, kinds).fill_null("Person")
    nodes = nodes.with_columns(label.alias("label"))
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
        mentioned.select("resource", "role", "party")
        .join(given, on=["resource", "role"])
        .select("party", "has")
        .unique()
        .sort("party", "has")
        .group_by("party", maintain_order=True)
        .agg("has")
    )
    nodes = nodes.with_columns(beside(nodes.height, roles["party"], roles["has"]))
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


def _conflicts(losers: pl.DataFrame, uids: pl.Series, lines: Lines) -> pl.DataFrame:
    folded = pl.col("property").is_in(_FOLDED)
    same = name_key(losers["value"]) == name_key(losers["chosen"])
    losers = losers.filter(~(folded & same.fill_null(value=False)))
    losers = losers.with_columns(
        uids.gather(losers["party"]).alias("uid"),
        *lines.of(losers["line"]),
        pl.lit("authority").alias("rule"),
    )
    return fitted(losers, CONFLICTS)
