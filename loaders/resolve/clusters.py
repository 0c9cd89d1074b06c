"""Clusters: which mentions are one party, by rules, judgements and what is known already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from loaders.resolve.cuts import contradicting, cut
from loaders.resolve.forms import ORDER, VALUES, Forms, forms_of, taken_apart
from loaders.resolve.judgements import Judgement, ends, gone, with_judgements
from loaders.resolve.mentions import Mentions
from loaders.resolve.organisations import ALONE, NAMES_BY_CODE, resolve_organisations
from loaders.resolve.overused import overused, without
from loaders.resolve.persons import NAMES_BY_NUMBER, resolve_persons
from loaders.resolve.pieces import rows_at

# What resolution says of each mention: the party, why, the firm by which a person is known.
FOUND: dict[str, type[pl.DataType]] = {
    "uid": pl.String,
    "rule": pl.String,
    "organisation": pl.String,
}
# Values by column that join nobody because too many names hold them; persons' apart.
Overused = Mapping[str, pl.Series]
PERSON = "person_"
# What rules look at of a person, beside the firm: each join of more would carry it along.
PERSONAL = (
    *("name_key", "id_hash", "licence_number", "uscc", "old_uscc", "org_code"),
    *ORDER,
    "own_uid",
)
# Place of a resource and of a role in the number of a seat: a mention's row, and its role there.
_RESOURCE, _ROLE = 2**48, 2**32
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
    that no mention makes any more. `forms` are what the organisations' mentions say, if known.
    """

    frame: pl.DataFrame
    overused: Overused
    vetoed: tuple[Judgement, ...] = ()
    gone: tuple[Judgement, ...] = ()
    forms: Forms | None = None

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
    frame = mentions.frame
    forms = forms_of(frame)
    held = values_overused(forms.table, NAMES_BY_CODE)
    organisations, vetoed = found_organisations(forms, frame, held, judgements)
    persons = anchored(frame, organisations)
    held |= values_overused(persons, NAMES_BY_NUMBER, PERSON)
    found, more = found_persons(persons, frame, held, judgements)
    del persons
    found = _in_order([organisations, found])
    missing = gone(judgements, frame["own_uid"])
    return Clusters(found, held, (*vetoed, *more), missing, forms)


def values_overused(
    frame: pl.DataFrame, limits: Mapping[str, int], prefix: str = ""
) -> dict[str, pl.Series]:
    """Return the values that more names hold than a column's limit allows, by prefix and column."""
    return {prefix + column: overused(frame, column, names) for column, names in limits.items()}


def found_organisations(
    forms: Forms, frame: pl.DataFrame, held: Overused, judgements: Sequence[Judgement]
) -> tuple[pl.DataFrame, list[Judgement]]:
    """Return (mention, columns FOUND) of organisations, and the judgements that are denied.

    `frame` has all mentions: those of `forms` are rows of it.
    """
    forms, several = taken_apart(forms, frame, ends(judgements))
    oldest = rows_at(frame.select(*ORDER, "own_uid"), forms.table["first"].to_numpy())
    said = pl.concat([forms.table.drop("first"), oldest], how="horizontal")
    said = said.with_row_index("mention")
    proofs = _proofs(said)
    for column in NAMES_BY_CODE:
        said = without(said, column, held[column])
    grouped = resolve_organisations(said)
    # Whom nothing joins is a party of its own, also beside another that says the same.
    alone = (grouped["rule"] == ALONE) & (grouped["mention"] < several)
    grouped, denied = with_judgements(grouped, proofs, judgements)
    said = said.with_columns(_placed(grouped))
    mine = said.select("uid", "rule", alone=alone)[forms.of]
    own = rows_at(frame.select("own_uid"), forms.mentions)["own_uid"]
    uid = pl.when("alone").then(own).otherwise("uid").alias("uid")
    found = mine.select(pl.Series("mention", forms.mentions), uid, "rule")
    return _parted(found, said, forms, frame).select("mention", *_found_nowhere()), denied


def _found_nowhere() -> tuple[pl.Expr, ...]:
    nowhere = pl.lit(None, pl.String).alias("organisation")
    return (pl.col("uid"), pl.col("rule"), nowhere)


def _parted(
    found: pl.DataFrame, said: pl.DataFrame, forms: Forms, frame: pl.DataFrame
) -> pl.DataFrame:
    """Return the mentions with the parties that would hold two valid codes taken apart."""
    uids = contradicting(said)
    if not len(uids):
        return found
    rows = np.flatnonzero(found["uid"].is_in(uids.implode()).to_numpy())
    mine = said.select(VALUES)[forms.of[rows]]
    mentioned = frame.select(*ORDER, "own_uid")[forms.mentions[rows]]
    parted = cut(pl.concat([mine, mentioned, found[rows]], how="horizontal"))
    return found.with_columns(found[name].scatter(rows, parted[name]) for name in ("uid", "rule"))


def found_persons(
    persons: pl.DataFrame, frame: pl.DataFrame, held: Overused, judgements: Sequence[Judgement]
) -> tuple[pl.DataFrame, list[Judgement]]:
    """Return (mention, columns FOUND) of persons, and the judgements that are denied.

    `persons` have `mention`, the row in `frame`, `organisation` and the columns PERSONAL.
    """
    proofs = _proofs(persons)
    for column in NAMES_BY_NUMBER:
        persons = without(persons, column, held[f"{PERSON}{column}"])
    grouped, denied = with_judgements(resolve_persons(persons), proofs, judgements)
    persons = persons.with_columns(_placed(grouped))
    found = persons.select("mention", *FOUND)
    uids = contradicting(persons)
    if not len(uids):
        return found, denied
    rows = np.flatnonzero(found["uid"].is_in(uids.implode()).to_numpy())
    mine = persons[rows]
    more = frame.select(name for name in VALUES if name not in mine.columns)[mine["mention"]]
    parted = cut(pl.concat([mine, more], how="horizontal"))
    return found.with_columns(
        found[name].scatter(rows, parted[name]) for name in ("uid", "rule")
    ), denied


def anchored(frame: pl.DataFrame, organisations: pl.DataFrame) -> pl.DataFrame:
    """Return the persons among mentions for found_persons: with the party by which each is known.

    `organisations` (mention, uid) tells who the organisations are.
    """
    places = pl.arg_where(frame["person"], eager=True)
    seats, anchors = _seats(frame)
    owners = organisations.select(seats.gather(organisations["mention"]).alias("seat"), "uid")
    known_by = pl.DataFrame({"seat": anchors.gather(places)})
    known_by = known_by.join(owners, on="seat", how="left", maintain_order="left")
    persons = frame.select(PERSONAL)[places]
    return persons.select(places.alias("mention"), *PERSONAL, known_by["uid"].alias("organisation"))


def _seats(frame: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Return the seats of mentions and of their anchors, null where there is none."""
    codes = pl.Enum(frame["resource"].unique().drop_nulls().sort())
    roles = pl.Enum(pl.concat([frame["role"], frame["anchor"]]).unique().drop_nulls().sort())
    line = pl.col("resource").cast(codes).to_physical().cast(pl.UInt64) * _RESOURCE + pl.col("at")
    role = (pl.col(name).cast(roles).to_physical().cast(pl.UInt64) for name in ("role", "anchor"))
    seat, anchor = (line + each * _ROLE for each in role)
    seats = frame.select(seat.alias("seat"), anchor.alias("anchor"))
    return seats["seat"], seats["anchor"]


def _proofs(frame: pl.DataFrame) -> pl.DataFrame:
    coded = pl.any_horizontal(pl.col("uscc", "org_code", "id_hash").is_not_null())
    proof = pl.coalesce("uscc", "id_hash")
    return frame.select("mention", proof.alias("proof"), coded.alias("coded"))


def _placed(grouped: pl.DataFrame) -> list[pl.Series]:
    """Return the columns uid and rule of groups: the uid is that of the oldest mention."""
    oldest = pl.col("own_uid").sort_by(*ORDER, nulls_last=True).first()
    first = grouped.group_by("group").agg(oldest)
    joined = grouped.select("group").join(first, on="group", how="left", maintain_order="left")
    return [joined["own_uid"].alias("uid"), grouped["rule"]]


def _in_order(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the columns FOUND of mentions, each once, in the order of their numbers."""
    both = pl.concat(parts)
    order = np.empty(both.height, np.uint32)
    order[both["mention"].to_numpy()] = np.arange(both.height, dtype=np.uint32)
    return both.select(list(FOUND))[order]
