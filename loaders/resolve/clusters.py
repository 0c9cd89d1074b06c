"""Clusters: which mentions are one party, by rules, judgements and what is known already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from loaders.resolve.cuts import cut
from loaders.resolve.judgements import Judgement, gone, with_judgements
from loaders.resolve.keys import KEYS, components, judged_keys, organisation_keys, person_keys
from loaders.resolve.mentions import Mentions
from loaders.resolve.organisations import NAMES_BY_CODE, resolve_organisations
from loaders.resolve.overused import overused, without
from loaders.resolve.persons import NAMES_BY_NUMBER, resolve_persons

# What resolution says of each mention: the party, why, the firm by which a person is known; the
# values that connect it with others, as numbers.
FOUND: dict[str, type[pl.DataType]] = {
    "uid": pl.String,
    "rule": pl.String,
    "organisation": pl.String,
    "component": pl.UInt64,
    **dict.fromkeys(KEYS, pl.UInt64),
}
# Values by column that join nobody because too many names hold them; persons' apart.
Overused = Mapping[str, pl.Series]
PERSON = "person_"
# What no rule looks at: each join of many would carry it along.
_UNREAD = ("resource", "at", "person", "name", "anchor")
LIMITS: Mapping[str, int] = {
    **NAMES_BY_CODE,
    **{f"{PERSON}{column}": names for column, names in NAMES_BY_NUMBER.items()},
}


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which party each mention is.

    `frame` has one row a mention in the order of Mentions.frame, columns FOUND. `overused` are the
    identifier values that join nobody because too many different names hold them, by column;
    `vetoed` the judgements that valid codes or other judgements deny; `gone` those on a party
    that no mention makes any more.
    """

    frame: pl.DataFrame
    overused: Overused
    vetoed: tuple[Judgement, ...] = ()
    gone: tuple[Judgement, ...] = ()

    @property
    def skipped(self) -> Mapping[str, int]:
        """Return how many values of each column join nobody, and judgements without effect."""
        counts = {column: len(values) for column, values in self.overused.items()}
        return counts | {
            "judgements_vetoed": len(self.vetoed),
            "judgements_gone": len(self.gone),
        }


def clusters(mentions: Mentions, judgements: Sequence[Judgement] = ()) -> Clusters:
    """Return the party of every mention; the order of mentions plays no part.

    What people judged to be the same is put together after the rules, unless valid codes differ.

    A party's uid is the own uid of its oldest mention by (date of the data, record, role), so it
    survives as long as that statement does.
    """
    frame = mentions.frame.with_row_index("mention")
    held = values_overused(frame)
    read = frame.drop(name for name in _UNREAD if name != "person")
    organisations, vetoed = found_organisations(read.filter(~pl.col("person")), held, judgements)
    del read
    persons = anchored(frame.filter("person"), frame, organisations)
    persons, more = found_persons(persons, held, judgements)
    found = pl.concat([organisations, persons]).sort("mention").select(list(FOUND))
    missing = gone(judgements, mentions.frame["own_uid"])
    return Clusters(found, held, (*vetoed, *more), missing)


def values_overused(frame: pl.DataFrame) -> dict[str, pl.Series]:
    """Return the values that more names hold than LIMITS allows, by column."""
    organisations, persons = frame.filter(~pl.col("person")), frame.filter("person")
    found = {}
    for column, names in LIMITS.items():
        own = persons if column.startswith(PERSON) else organisations
        found[column] = overused(own, column.removeprefix(PERSON), names)
    return found


def found_organisations(
    frame: pl.DataFrame, held: Overused, judgements: Sequence[Judgement]
) -> tuple[pl.DataFrame, list[Judgement]]:
    """Return (mention, columns FOUND) of organisations, and the judgements that are denied."""
    frame = frame.drop(_UNREAD, strict=False)
    proofs = _proofs(frame)
    for column in NAMES_BY_CODE:
        frame = without(frame, column, held[column])
    keys = judged_keys(pl.concat([frame, organisation_keys(frame)], how="horizontal"), judgements)
    grouped, denied = with_judgements(resolve_organisations(frame), proofs, judgements)
    nowhere = keys.select("mention", pl.lit(None, pl.String).alias("organisation"), *KEYS)
    return _found(frame, grouped, nowhere), denied


def found_persons(
    frame: pl.DataFrame, held: Overused, judgements: Sequence[Judgement]
) -> tuple[pl.DataFrame, list[Judgement]]:
    """Return (mention, columns FOUND) of persons, who have `organisation`, as for organisations."""
    frame = frame.drop(_UNREAD, strict=False)
    proofs = _proofs(frame)
    for column in NAMES_BY_NUMBER:
        frame = without(frame, column, held[f"{PERSON}{column}"])
    keys = judged_keys(pl.concat([frame, person_keys(frame)], how="horizontal"), judgements)
    grouped, denied = with_judgements(resolve_persons(frame), proofs, judgements)
    return _found(frame, grouped, keys.select("mention", "organisation", *KEYS)), denied


def anchored(
    persons: pl.DataFrame, frame: pl.DataFrame, organisations: pl.DataFrame
) -> pl.DataFrame:
    """Return the persons with `organisation`, the uid of the party by which each is known.

    `frame` are mentions with the rows of these persons among them; `organisations` (mention, uid).
    """
    # Narrow on both sides: a join carries every column of what it joins along.
    place = ["resource", "at", "anchor"]
    named = frame.select("mention", "resource", "at", pl.col("role").alias("anchor"))
    owners = named.join(organisations.select("mention", "uid"), on="mention", how="inner")
    found = persons.select(place).join(owners, on=place, how="left", maintain_order="left")
    return persons.with_columns(found["uid"].alias("organisation"))


def _proofs(frame: pl.DataFrame) -> pl.DataFrame:
    coded = pl.any_horizontal(pl.col("uscc", "org_code", "id_hash").is_not_null())
    proof = pl.coalesce("uscc", "id_hash")
    return frame.select("mention", proof.alias("proof"), coded.alias("coded"))


def _found(frame: pl.DataFrame, grouped: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Return (mention, columns FOUND); a party that would hold two valid codes is taken apart."""
    mine = frame.select("mention")
    placed = mine.join(_with_uid(grouped), on="mention", how="left", maintain_order="left")
    parted = cut(frame.with_columns(placed["uid"], placed["rule"])).select("mention", "uid", "rule")
    found = parted.join(keys, on="mention", how="left", maintain_order="left")
    found = found.with_columns(components(found))
    return found.select("mention", *FOUND)


def _with_uid(grouped: pl.DataFrame) -> pl.DataFrame:
    """Return (mention, uid, rule): the group's uid is that of its oldest mention."""
    first = (
        grouped.sort("seen_on", "record_id", "role", nulls_last=True)
        .group_by("group", maintain_order=True)
        .agg(pl.col("own_uid").first().alias("uid"))
    )
    joined = grouped.join(first, on="group", how="left", maintain_order="left")
    return joined.select("mention", "uid", "rule")
