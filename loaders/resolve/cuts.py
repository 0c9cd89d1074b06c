"""Cuts: a party that holds two valid codes is taken apart at its weakest evidence.

What a mention gets depends on the mentions of its party alone, in whatever order they come.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

# What two mentions may share, from the strongest; an identity number and a credit code decide.
SHARED = (
    "org_code",
    "registration_number",
    "certificate_number",
    "licence_number",
    "tax_number",
    "name_key",
)
PROOFS = ("uscc", "id_hash")
CUT = "cut"


def cut(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the mentions with parties of two valid codes, or identity numbers, taken apart.

    `cut_from` is the uid of the party that a mention left, null for all others. Around each code a
    party remains; a mention without one goes with the only party that shares its strongest
    evidence, in the order of SHARED; what shares it with two, or with none, leaves, together with
    those that share a number with it. A former code is none of its own. A party's uid is that of
    its oldest mention, as everywhere.
    """
    found = frame.with_columns(pl.lit(None, pl.String).alias("cut_from"))
    before = None
    # A cut by one kind may take away the mention that made two codes of the other kind one.
    while before is None or not found["uid"].equals(before):
        before = found["uid"]
        for proof in PROOFS:
            found = _cut_by(found, proof)
    return found


def digests(column: str) -> pl.Expr:
    """Return a digest of each value of `column`, null where there is none."""
    return pl.when(pl.col(column).is_not_null()).then(pl.col(column).hash())


def classes(frame: pl.DataFrame, proof: str) -> pl.DataFrame:
    """Return (uid, `proof`, class) of the parties in which two valid codes contradict.

    A code and the former codes that mentions of the same party give with it are one class.
    """
    nothing = pl.DataFrame(schema={"uid": pl.String, proof: pl.String, "class": pl.Int64})
    if frame[proof].null_count() == frame.height:
        return nothing
    held = frame.select("uid", digests(proof).alias("code")).drop_nulls()
    ends = held.group_by("uid").agg(
        pl.col("code").min().alias("least"), pl.col("code").max().alias("most")
    )
    several = ends.filter(pl.col("least") != pl.col("most")).select("uid")
    if not several.height:
        return nothing
    mine = frame.join(several, on="uid", how="semi").filter(pl.col(proof).is_not_null())
    values = mine.select("uid", proof).unique().sort("uid", proof)
    former = "old_uscc" if proof == "uscc" else proof
    pairs = mine.select("uid", proof, pl.col(former).alias("former")).drop_nulls().unique()
    values = values.with_columns(_joined(values, pairs, ("uid", proof), ("uid", "former")))
    return values.filter(pl.col("class").n_unique().over("uid") > 1)


def contradicting(frame: pl.DataFrame) -> pl.Series:
    """Return the uids of the parties in which valid codes, or identity numbers, contradict."""
    return pl.concat([classes(frame, proof)["uid"] for proof in PROOFS]).unique()


def _joined(
    values: pl.DataFrame, pairs: pl.DataFrame, one: Sequence[str], other: Sequence[str]
) -> pl.Series:
    """Return which `values` (columns `one`) hang together by `pairs`, each as `one` and `other`."""
    # Where nothing is cut no command waits for them: a quarter of a second.
    from scipy.sparse import coo_array  # noqa: PLC0415 - as said
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - as said

    numbered = values.select(one).with_row_index("from")
    ends = pairs.join(numbered, on=list(one), how="inner").join(
        numbered.rename({"from": "to"}), left_on=list(other), right_on=list(one), how="inner"
    )
    places = (ends["from"].to_numpy(), ends["to"].to_numpy())
    links = coo_array((np.ones(ends.height, np.int8), places), (values.height, values.height))
    _, component = connected_components(links, directed=False)
    return pl.Series("class", component, pl.Int64)


def _cut_by(frame: pl.DataFrame, proof: str) -> pl.DataFrame:
    told = classes(frame, proof)
    if not told.height:
        return frame
    numbered = frame.with_row_index("row")
    mine = numbered.join(told.select("uid").unique(), on="uid", how="semi")
    mine = mine.join(told, on=["uid", proof], how="left", maintain_order="left")
    mine = _leftover(_labelled(mine))
    first = mine.sort("seen_on", "record_id", "role", "own_uid", nulls_last=True)
    first = first.group_by("uid", "class", maintain_order=True).agg(
        pl.col("own_uid").first().alias("now")
    )
    mine = mine.join(first, on=["uid", "class"], how="left").select("row", "now", "alone")
    found = numbered.join(mine, on="row", how="left", maintain_order="left")
    moved = (pl.col("now") != pl.col("uid")).fill_null(value=False)
    return found.with_columns(
        pl.when(moved).then(pl.coalesce("cut_from", "uid")).otherwise("cut_from").alias("cut_from"),
        pl.when("alone").then(pl.lit(CUT)).otherwise("rule").alias("rule"),
        pl.coalesce("now", "uid").alias("uid"),
    ).drop("row", "now", "alone")


def _labelled(mine: pl.DataFrame) -> pl.DataFrame:
    """Give mentions without a code the class of the only one that shares their evidence."""
    before = -1
    while before != (open_ := mine["class"].null_count()):
        before = open_
        for column in SHARED:
            mine = _taken(mine, column)
            if mine["class"].null_count() < open_:
                # A new member may share stronger evidence with those still open.
                break
    return mine


def _taken(mine: pl.DataFrame, column: str) -> pl.DataFrame:
    named = [column, "former_key"] if column == "name_key" else [column]
    known = mine.filter(pl.col("class").is_not_null())
    held = pl.concat([known.select("uid", pl.col(one).alias(column), "class") for one in named])
    owners = held.drop_nulls().unique().filter(pl.len().over("uid", column) == 1)
    owners = owners.rename({"class": "owner"})
    mine = mine.join(owners, on=["uid", column], how="left", maintain_order="left")
    return mine.with_columns(pl.coalesce("class", "owner").alias("class")).drop("owner")


def _leftover(mine: pl.DataFrame) -> pl.DataFrame:
    """Make parties of the mentions that belong to no code: those that share a number are one."""
    mine = mine.with_columns(pl.col("class").is_null().alias("alone"))
    left = mine.filter("alone").select("uid", "row", *SHARED[:-1])
    if not left.height:
        return mine
    held = left.unpivot(SHARED[:-1], index=["uid", "row"]).drop_nulls()
    held = held.with_columns(pl.struct("uid", "variable", "value").alias("number"))
    first = held.with_columns(pl.col("row").min().over("number").alias("first"))
    group = _joined(left, first.select("row", "first"), ("row",), ("first",))
    highest = mine["class"].max()
    start = int(highest) + 1 if isinstance(highest, int) else 0
    left = left.select("row", (group + start).alias("new"))
    mine = mine.join(left, on="row", how="left", maintain_order="left")
    return mine.with_columns(pl.coalesce("class", "new").alias("class")).drop("new")
