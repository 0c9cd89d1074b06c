"""Parties that look like several: too large, too spread, contradicting codes, a bridge.

Everything here depends on the mentions of the one party, so it is the same for a part of the data.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from graph.names.segments import segments
from loaders.resolve.bridges import COLUMNS, REASON, bridges
from loaders.resolve.cuts import PROOFS, classes, cut, digests

MENTIONS, NAMES, BRANDS, REGIONS = "mentions", "names", "brands", "regions"
IDENTIFIERS, BRIDGE = "identifiers", REASON
# From the strongest: a valid code, what lies inside it, numbers that are given out twice at times,
# names. What a person judged stands beside the codes: it is nothing that a rule is weak in.
RULES = (
    "credit_code",
    "identity_number",
    "judgement",
    "organisation_code",
    "registration_number",
    "certificate_number",
    "licence_number",
    "full_name",
    "name_among_licensed",
    "name_in_organisation",
    "name_variant",
    "company_name",
)
BY_NAME = RULES[RULES.index("full_name") :]
# More mentions than this that a name alone put into one party: more than twice what any rightly
# joined party of a world of 34,000 enterprises has (68, 12, 184). A licensed body acts often.
MOST_BY_NAME: Mapping[str, int] = {"organisation": 150, "person": 40, "intermediary": 1_000}
# A firm is renamed once or twice, and each name is written in some ways; a person has one name.
MOST_NAMES: Mapping[str, int] = {"organisation": 5, "person": 1, "intermediary": 6}
# A brand that shares no character with the one most used, and is no former name, is another firm's.
MOST_BRANDS = 1
# The region in a name is that of the seat; one that moved gives its former name.
MOST_CITIES = 1
_CITY = 4
_SHOWN = 5
_MOST_LEAVES = 50


def suspects(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the parties that look like several, as bridges.COLUMNS, sorted by uid and reason.

    `frame` are mentions (loaders.resolve.mentions.COLUMNS) with `uid` and `rule`. `measured` is
    above `limit`; `leaves` are the own uids of mentions that a cut at `rule` would take out, of
    more than _MOST_LEAVES the first; none where one rule made the whole party.
    """
    counted = _counted(frame)
    several = counted.filter(pl.col("one_name").not_() | pl.col("one_proof").not_())
    mine = frame.join(several.select("uid", "kind"), on="uid", how="inner", maintain_order="left")
    parts = [_large(counted), _named(mine), *_spread(mine), _contradicted(mine), bridges(mine)]
    found = pl.concat([pl.DataFrame(schema=COLUMNS), *parts], how="diagonal")
    return _where(found, frame) if found.height else found


def _counted(frame: pl.DataFrame) -> pl.DataFrame:
    """Return (uid, kind, by_name, one_name, one_proof), one row a party.

    Equal digests stand for equal values here: of those that differ somewhere more is asked.
    """
    held = frame.lazy().select(
        "uid",
        "person",
        (pl.col("licence_number").is_not_null() | pl.col("intermediary")).alias("licensed"),
        pl.col("rule").cast(pl.Categorical).is_in(BY_NAME).cast(pl.Int64).alias("by_name"),
        *(digests(column).alias(column) for column in ("name_key", *PROOFS)),
    )

    def one(column: str) -> pl.Expr:
        return (pl.col(column).min() == pl.col(column).max()).fill_null(value=True)

    found = held.group_by("uid").agg(
        pl.col("person").any(),
        pl.col("licensed").any(),
        pl.col("by_name").sum(),
        one("name_key").alias("one_name"),
        (one("uscc") & one("id_hash")).alias("one_proof"),
    )
    body = pl.when("licensed").then(pl.lit("intermediary")).otherwise(pl.lit("organisation"))
    return found.select(
        "uid",
        pl.when("person").then(pl.lit("person")).otherwise(body).alias("kind"),
        "by_name",
        "one_name",
        "one_proof",
    ).collect()


def _limit(limits: Mapping[str, int]) -> pl.Expr:
    return pl.col("kind").replace_strict(limits, return_dtype=pl.Int64)


def _large(counted: pl.DataFrame) -> pl.DataFrame:
    found = counted.with_columns(_limit(MOST_BY_NAME).alias("limit"))
    found = found.filter(pl.col("by_name") > pl.col("limit"))
    return found.select(
        "uid",
        pl.lit(MENTIONS).alias("reason"),
        pl.col("by_name").alias("measured"),
        "limit",
        pl.lit("").alias("evidence"),
    )


def _values(reason: str, column: str, limit: pl.Expr, held: pl.DataFrame) -> pl.DataFrame:
    """Return the parties with more values of `column` than `limit`, the first of them shown."""
    found = (
        held.drop_nulls(column)
        .group_by("uid")
        .agg(pl.col("kind").first(), pl.col(column).unique().sort().alias("values"))
    )
    found = found.with_columns(
        pl.col("values").list.len().cast(pl.Int64).alias("measured"), limit.alias("limit")
    )
    return found.filter(pl.col("measured") > pl.col("limit")).select(
        "uid",
        pl.lit(reason).alias("reason"),
        "measured",
        "limit",
        pl.col("values").list.head(_SHOWN).list.join("、").alias("evidence"),
    )


def _named(mine: pl.DataFrame) -> pl.DataFrame:
    return _values(NAMES, "name_key", _limit(MOST_NAMES), mine)


def _spread(mine: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Brands that have nothing to do with one another, and cities, in names of organisations.

    A former name that the party gives is its own; of brands that share a character one is a slip.
    """
    own = mine.filter(~pl.col("person")).drop_nulls("name_key")
    former = own.select("uid", pl.col("former_key").alias("name_key")).drop_nulls()
    names = own.group_by("uid", "kind", "name_key").len()
    names = names.join(former, on=["uid", "name_key"], how="anti")
    names = names.filter(pl.len().over("uid") > 1)
    keys = names["name_key"].unique().sort()
    parts = [segments(key) for key in keys]
    told = pl.DataFrame(
        {
            "name_key": keys,
            "brand": [one.brand or None for one in parts],
            "city": [_city(one.codes) for one in parts],
        },
        schema_overrides={"brand": pl.String, "city": pl.String},
    )
    held = names.join(told, on="name_key", how="left").sort(
        "uid", "len", "name_key", descending=[False, True, False]
    )
    main = pl.col("brand").drop_nulls().first().over("uid")
    shared = pl.col("brand").str.split("").list.set_intersection(main.str.split(""))
    apart = shared.list.len() == 0
    brands = held.with_columns(pl.when(apart | (pl.col("brand") == main)).then("brand"))
    yield _values(BRANDS, "brand", pl.lit(MOST_BRANDS, pl.Int64), brands)
    yield _values(REGIONS, "city", pl.lit(MOST_CITIES, pl.Int64), held)


def _city(codes: frozenset[str]) -> str | None:
    cities = {code[:_CITY] for code in codes if len(code) >= _CITY}
    return cities.pop() if len(cities) == 1 else None


def _contradicted(mine: pl.DataFrame) -> pl.DataFrame:
    parts = []
    for proof in PROOFS:
        conflicting = classes(mine, proof)
        if not conflicting.height:
            continue
        found = conflicting.group_by("uid").agg(
            pl.lit(IDENTIFIERS).alias("reason"),
            pl.col("class").n_unique().cast(pl.Int64).alias("measured"),
            pl.lit(1, pl.Int64).alias("limit"),
            pl.col(proof).unique().sort().alias("values"),
        )
        # What identifies a person is never shown.
        shown = pl.col("values").list.head(_SHOWN).list.join("、")
        text = shown if proof == "uscc" else pl.lit("")
        parts.append(found.with_columns(text.alias("evidence")).drop("values"))
    return pl.concat(parts) if parts else pl.DataFrame(schema=COLUMNS)


def _where(found: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Add to each suspect the weakest rule in it and the mentions that a cut there takes out."""
    mine = frame.join(found.select("uid").unique(), on="uid", how="semi")
    places = {rule: place for place, rule in enumerate(RULES)}
    place = pl.col("rule").replace_strict(places, default=len(RULES), return_dtype=pl.Int64)
    mine = mine.with_columns(place.alias("place"))
    lowest, highest = pl.col("place").max(), pl.col("place").min()
    # Where one rule made the whole party there is nothing to cut at.
    out = pl.col("own_uid").filter((pl.col("place") == lowest) & (lowest > highest))
    weakest = mine.group_by("uid").agg(
        pl.col("rule").filter(pl.col("place") == lowest).min().alias("weakest"),
        out.sort().head(_MOST_LEAVES).alias("out"),
    )
    apart = cut(mine).drop("uid").drop_nulls("cut_from").rename({"cut_from": "uid"})
    parted = apart.group_by("uid").agg(pl.col("own_uid").sort().head(_MOST_LEAVES).alias("apart"))
    found = found.join(weakest, on="uid", how="left").join(parted, on="uid", how="left")
    by_cut = pl.when(pl.col("reason") == IDENTIFIERS).then("apart").otherwise("out")
    return found.select(
        "uid",
        "reason",
        "measured",
        "limit",
        "evidence",
        pl.coalesce("rule", "weakest").alias("rule"),
        pl.coalesce("leaves", by_cut).alias("leaves"),
    ).sort("uid", "reason")
