"""Which parties are compared at all: those that hold a key in common, and not too many hold it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

# More parties than this hold a key: it tells nobody apart. What is passed over is counted.
MOST_HOLDERS: Mapping[str, int] = {
    "name": 20,
    "brand": 40,
    "brand_in_region": 40,
    "near_brand": 40,
    "characters": 12,
    "number": 6,
    "person": 12,
}
_SHORTEST_BRAND = 2
# Later characters are of a trade or a form: they tell nobody apart.
_LOOKED_AT = 8
_CITY = 4
_HELD = ("key", "place", "uid", "open")


@dataclass(frozen=True, slots=True)
class Blocks:
    """Pairs `place`, `place_other` in the table of profiles: the open party first, once each.

    Of two open ones the smaller uid is first. `passed_over` counts by kind the keys of asking
    parties that more than MOST_HOLDERS hold.
    """

    pairs: pl.DataFrame
    passed_over: Mapping[str, int]


def organisation_blocks(firms: pl.DataFrame, numbers: pl.DataFrame, asking: pl.Series) -> Blocks:
    """Return the pairs of organisations that share a key, one of them asking.

    `firms` are profiles with `place`, `numbers` (uid, key) the numbers that they hold, `asking`
    the uids of open ones.
    """
    askers = firms.filter("open", pl.col("uid").is_in(asking.implode()))
    parts, passed = [], {}
    for kind, keys in ORGANISATION_KEYS.items():
        mine, theirs = keys(askers, askers), keys(firms, askers)
        met, passed[kind] = _meet(kind, mine, theirs)
        parts.append(met)
    held = firms.select("place", "uid", "open").join(numbers, on="uid").select(_HELD)
    mine = held.join(askers.select("place"), on="place", how="semi")
    met, passed["number"] = _meet("number", mine, held)
    return Blocks(_once([*parts, met]), passed)


def person_blocks(people: pl.DataFrame, asking: pl.Series) -> Blocks:
    """Return the pairs of persons of one name, one of them asking, one without an identity number.

    Where persons of that name with a number are known, those without are compared with them, and
    not with each other: who is one of the known need not be told apart twice.
    """
    named = people.select("place", "uid", "open", key="found_by").drop_nulls("key").select(_HELD)
    asked = named.filter(pl.col("uid").is_in(asking.implode()))
    theirs = named.join(asked.select("key").unique(), on="key", how="semi")
    met, passed = _meet("person", theirs.filter("open"), theirs)
    known = theirs.select("place", (~pl.col("open")).any().over("key").alias("known"))
    met = met.join(known.unique("place"), on="place", how="left")
    either = pl.any_horizontal(pl.col("uid", "uid_other").is_in(asking.implode()))
    met = met.filter(either, ~pl.col("known") | ~pl.col("open_other"))
    return Blocks(_once([met.drop("known")]), {"person": passed})


def _meet(kind: str, mine: pl.DataFrame, theirs: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return who meets by a kind of key, and how many keys too many hold."""
    theirs = theirs.join(mine.select("key").unique(), on="key", how="semi")
    holders = theirs.group_by("key").agg(pl.col("uid").n_unique().alias("holders"))
    few = holders.filter(pl.col("holders") <= MOST_HOLDERS[kind])
    mine = mine.join(few.filter(pl.col("holders") > 1), on="key")
    met = mine.select("key", "place", "uid").join(
        theirs.rename({"place": "place_other", "uid": "uid_other", "open": "open_other"}), on="key"
    )
    met = met.filter(pl.col("uid") != pl.col("uid_other")).drop("key")
    return met, holders.height - few.height


def _once(parts: list[pl.DataFrame]) -> pl.DataFrame:
    met = pl.concat(parts)
    turned = pl.col("open_other") & (pl.col("uid_other") < pl.col("uid"))
    return (
        met.select(
            pl.when(turned).then("place_other").otherwise("place").alias("place"),
            pl.when(turned).then("place").otherwise("place_other").alias("place_other"),
        )
        .unique()
        .sort("place", "place_other")
    )


def _name(firms: pl.DataFrame, _: pl.DataFrame) -> pl.DataFrame:
    return firms.select(pl.col("found_by").alias("key"), *_HELD[1:])


def _brand(firms: pl.DataFrame, _: pl.DataFrame) -> pl.DataFrame:
    branded = firms.filter(pl.col("brand").str.len_chars() >= _SHORTEST_BRAND)
    return branded.select(pl.col("brand").alias("key"), *_HELD[1:])


def _brand_in_region(firms: pl.DataFrame, _: pl.DataFrame) -> pl.DataFrame:
    placed = firms.filter(
        pl.col("brand").str.len_chars() >= _SHORTEST_BRAND, pl.col("codes").is_not_null()
    )
    city = pl.col("codes").str.slice(0, _CITY)
    return placed.select(pl.concat_str("brand", city, separator="|").alias("key"), *_HELD[1:])


def _near_brand(firms: pl.DataFrame, askers: pl.DataFrame) -> pl.DataFrame:
    """A brand without one of its characters, its trade and city: what a slip leaves as it was."""
    city = pl.col("codes").str.slice(0, _CITY)
    beside = firms.join(askers.select("trade", "codes").unique(), on=["trade", "codes"], how="semi")
    length = pl.col("brand").str.len_chars()
    beside = beside.filter(length >= _SHORTEST_BRAND, city.is_not_null())
    at = beside.with_columns(pl.int_ranges(0, length + 1).alias("left_out")).explode("left_out")
    left = pl.col("left_out")
    rest = pl.col("brand").str.slice(0, left) + pl.col("brand").str.slice(left + 1)
    return at.select(pl.concat_str(rest, "trade", city, separator="|").alias("key"), *_HELD[1:])


def _characters(firms: pl.DataFrame, askers: pl.DataFrame) -> pl.DataFrame:
    """Two characters that stand together in brand and trade; rare ones find a misspelt name."""
    core = pl.concat_str("brand", "trade").str.slice(0, _LOOKED_AT)
    pairs = firms.select(core.alias("core"), *_HELD[1:])
    if firms is not askers:
        asked = _characters(askers, askers)["key"].unique()
        pairs = pairs.filter(pl.col("core").str.contains_any(asked.implode()))
    count = pl.col("core").str.len_chars().cast(pl.Int64) - 1
    at = pairs.filter(count > 0).with_columns(pl.int_ranges(0, count).alias("at")).explode("at")
    return at.select(pl.col("core").str.slice(pl.col("at"), 2).alias("key"), *_HELD[1:])


Keys = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]
# Each returns (key, place, uid, open) of firms; only the keys of askers are asked for.
ORGANISATION_KEYS: Mapping[str, Keys] = {
    "name": _name,
    "brand": _brand,
    "brand_in_region": _brand_in_region,
    "near_brand": _near_brand,
    "characters": _characters,
}
