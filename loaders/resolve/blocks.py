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
    "beginning": 20,
    "characters": 12,
    "number": 6,
    "person": 12,
}
_SHORTEST_BRAND = 2
# A longer one is no brand, or has enough characters to be found by.
_LONGEST_BRAND = 6
# Brand and first characters of the trade: what a slip further on leaves as it was.
_BEGINNING = 4
# Pairs of characters are taken from the first places of a brand: one misspelt is of any length.
_PLACES = 4
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


def organisation_blocks(firms: pl.DataFrame, asking: pl.Series) -> Blocks:
    """Return the pairs of organisations that share a key: one is open, one of them asking.

    `firms` are profiles with `place`, `asking` the uids asked about.
    """
    open_ = firms.filter("open")
    asked = firms.filter(firms["uid"].is_in(asking.implode()))
    either = pl.any_horizontal(pl.col("uid", "uid_other").is_in(asking.implode()))
    parts, passed = [], {}
    for kind, keys in ORGANISATION_KEYS.items():
        mine = keys(open_, open_)
        theirs = keys(asked, open_).join(mine.select("key").unique(), on="key", how="semi")
        if asked.height < firms.height:
            mine = mine.join(theirs.select("key").unique(), on="key", how="semi")
            wanted = open_.join(mine.select("place"), on="place", how="semi")
            theirs = keys(firms, wanted)
        met, passed[kind] = _meet(kind, mine, theirs)
        parts.append(met.filter(either))
    return Blocks(_once(parts), passed)


def person_blocks(people: pl.DataFrame, asking: pl.Series) -> Blocks:
    """Return the pairs of persons of one name, one of them asking, one without an identity number.

    Where persons of that name with a number are known, those without are compared with them, and
    not with each other: who is one of the known need not be told apart twice.
    """
    named = people.select("place", "uid", "open", key="found_by").drop_nulls("key").select(_HELD)
    asked = named.filter(named["uid"].is_in(asking.implode()))
    theirs = named.join(asked.select("key").unique(), on="key", how="semi")
    met, passed = _meet("person", theirs.filter("open"), theirs)
    known = theirs.select("place", (~pl.col("open")).any().over("key").alias("known"))
    met = met.join(known.unique("place"), on="place", how="left")
    either = pl.any_horizontal(pl.col("uid", "uid_other").is_in(asking.implode()))
    met = met.filter(either, ~pl.col("known") | ~pl.col("open_other"))
    return Blocks(_once([met.drop("known")]), {"person": passed})


def changed_keys(changed: pl.DataFrame, open_: pl.DataFrame) -> pl.Series:
    """Return the uids of open organisations that hold a key of a changed row.

    `changed` are rows that are in only one of the former and the present profiles.
    """
    parts = [pl.Series("uid", [], pl.String)]
    for keys in ORGANISATION_KEYS.values():
        held = keys(changed, changed).select("key").unique()
        mine = keys(open_, changed).join(held, on="key", how="semi")
        parts.append(mine["uid"])
    return pl.concat(parts).unique()


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
    beside = beside.filter(length >= _SHORTEST_BRAND, length <= _LONGEST_BRAND, city.is_not_null())
    parts = []
    for left in range(_LONGEST_BRAND + 1):
        rest = pl.col("brand").str.slice(0, left) + pl.col("brand").str.slice(left + 1)
        key = pl.concat_str(rest, "trade", city, separator="|").alias("key")
        parts.append(beside.filter(length >= left).select(key, *_HELD[1:]))
    return pl.concat(parts)


def _beginning(firms: pl.DataFrame, _: pl.DataFrame) -> pl.DataFrame:
    core = pl.concat_str("brand", "trade").str.slice(0, _BEGINNING)
    return firms.filter(core.str.len_chars() == _BEGINNING).select(core.alias("key"), *_HELD[1:])


def _characters(firms: pl.DataFrame, askers: pl.DataFrame) -> pl.DataFrame:
    """Two characters that stand together and begin in the brand; rare ones find a misspelt name."""
    core = pl.concat_str("brand", "trade").str.slice(0, _PLACES + 1)
    first = pl.min_horizontal(
        pl.col("brand").str.len_chars(), core.str.len_chars().cast(pl.Int64) - 1, _PLACES
    )
    pairs = firms.select(core.alias("core"), first.alias("first"), *_HELD[1:])
    if firms is not askers:
        asked = _characters(askers, askers)["key"].unique()
        pairs = pairs.filter(pl.col("core").str.contains_any(asked.implode()))
    parts = [
        pairs.filter(pl.col("first") > at).select(
            pl.col("core").str.slice(at, 2).alias("key"), *_HELD[1:]
        )
        for at in range(_PLACES)
    ]
    return pl.concat(parts)


def _number(firms: pl.DataFrame, _: pl.DataFrame) -> pl.DataFrame:
    numbered = firms.filter(pl.col("numbers").is_not_null())
    return numbered.select(pl.col("numbers").alias("key"), *_HELD[1:]).explode("key")


Keys = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]
# Each returns (key, place, uid, open) of firms; keys that no asker holds may be left out.
ORGANISATION_KEYS: Mapping[str, Keys] = {
    "name": _name,
    "brand": _brand,
    "brand_in_region": _brand_in_region,
    "near_brand": _near_brand,
    "beginning": _beginning,
    "characters": _characters,
    "number": _number,
}
