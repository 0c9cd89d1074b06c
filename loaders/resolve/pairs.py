"""Pairs of parties side by side: what their names and their mentions say, ready for comparison."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from graph.names.comparison import organisations_beside, persons_beside
from graph.names.features import OTHER
from loaders.catalogue.catalog import Catalogue
from loaders.catalogue.resource import Resource
from loaders.resolve.mentions import Mentions
from loaders.resolve.values import around, contacts, lists, numbers, values

_ORGANISATION_KINDS = {
    "people": pl.String,
    "contact": pl.String,
    "established": pl.String,
    "capital": pl.Float64,
}
_PERSON_KINDS = {"sex": pl.String, "birth": pl.Int64, "mask": pl.String, "licence": pl.String}
_ROW = ("resource", "at")
_ENDS = ("uid", "uid" + OTHER)


@dataclass(frozen=True, slots=True)
class Statements:
    """All mentions and what their rows say.

    `frame` is Mentions.frame with the column uid, `rows` are Mentions.rows, `resources` their forms
    by code.
    """

    frame: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]
    resources: Mapping[str, Resource]

    def of(self, uids: pl.Series) -> pl.DataFrame:
        """Return the mentions of parties."""
        return self.frame.filter(pl.col("uid").is_in(uids.implode()))

    def whole_rows(self, mentions: pl.DataFrame) -> pl.DataFrame:
        """Return every mention that stands in a row of these."""
        return self.frame.join(mentions.select(_ROW).unique(), on=_ROW, how="semi")


def stated(mentions: Mentions, uids: pl.Series, catalogue: Catalogue) -> Statements:
    """Return the mentions with the party that each one is, beside the forms of their rows."""
    known = {code: catalogue.by_code[code] for code in mentions.rows if code in catalogue.by_code}
    return Statements(mentions.frame.with_columns(uids.alias("uid")), mentions.rows, known)


def beside(pairs: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return the profiles of both places side by side, those of the other with `_other`."""
    other = table.rename({name: name + OTHER for name in table.columns})
    return pairs.join(table, on="place").join(other, on="place" + OTHER)


def organisations(pairs: pl.DataFrame, firms: pl.DataFrame, said: Statements) -> pl.DataFrame:
    """Return pairs of organisations with all columns that features look at."""
    uids = _ends(pairs)
    mine = said.of(uids)
    held = values(mine, said.rows, said.resources)
    known = around(said.whole_rows(mine)).rename({"uid": "member", "owner": "uid"})
    known = known.filter(pl.col("name_key").is_not_null()).join(
        uids.to_frame("uid"), on="uid", how="semi"
    )
    people = known.select("uid", kind=pl.lit("people"), value="name_key")
    held = pl.concat([held, people])
    own = lists(held, _ORGANISATION_KINDS).join(
        numbers(mine).group_by("uid").agg(pl.col("key").alias("numbers")),
        on="uid",
        how="full",
        coalesce=True,
    )
    brands = firms.group_by("brand").agg(pl.col("uid").n_unique().alias("brand_bearers"))
    pairs = pairs.join(brands, on="brand", how="left")
    pairs = organisations_beside(_both(pairs, own))
    return _with_contacts(pairs, said)


def _with_contacts(pairs: pl.DataFrame, said: Statements) -> pl.DataFrame:
    """Return pairs with `contact_bearers`: how many have the rarest phone or address in common."""
    shared = pl.col("contact").list.set_intersection("contact" + OTHER)
    pairs = pairs.with_columns(shared.alias("shared_contact")).with_row_index("pair")
    asked = pairs.select("pair", "shared_contact").explode("shared_contact").drop_nulls()
    held = contacts(said.frame, said.rows, said.resources, asked["shared_contact"].unique())
    counted = held.group_by("value").agg(pl.col("uid").n_unique().alias("bearers"))
    asked = asked.join(counted, left_on="shared_contact", right_on="value")
    least = asked.group_by("pair").agg(pl.col("bearers").min().alias("contact_bearers"))
    return pairs.join(least, on="pair", how="left", maintain_order="left").drop("pair")


def persons(pairs: pl.DataFrame, people: pl.DataFrame, said: Statements) -> pl.DataFrame:
    """Return pairs of persons with all columns that features look at."""
    mine = said.of(_ends(pairs))
    own = lists(values(mine, said.rows, said.resources), _PERSON_KINDS)
    counted = people.select("uid", "open", "found_by").unique().group_by("found_by")
    counted = counted.agg(
        pl.len().alias("bearers"),
        (~pl.col("open")).sum().alias("known_bearers"),
        pl.col("open").sum().alias("open_bearers"),
    )
    pairs = pairs.join(counted, on="found_by", how="left")
    pairs = persons_beside(_both(pairs, own)).with_row_index("pair")
    return _with_organisations(pairs, mine, said).drop("pair")


def _with_organisations(pairs: pl.DataFrame, mine: pl.DataFrame, said: Statements) -> pl.DataFrame:
    """Return pairs with same_organisation, linked, mates and mate: where both work, with whom."""
    known = around(said.whole_rows(mine)).filter("person").select("uid", "owner")
    ends = [
        pairs.select("pair", end, "name_key").join(
            known.rename({"uid": end, "owner": f"works{number}"}), on=end
        )
        for number, end in enumerate(_ENDS)
    ]
    both = ends[0].select("pair", "name_key", "works0")
    both = both.join(ends[1].select("pair", "works1"), on="pair")
    same = both.filter(pl.col("works0") == pl.col("works1")).select("pair").unique()
    both = both.filter(pl.col("works0") != pl.col("works1"))
    firms = pl.concat([both["works0"], both["works1"]]).unique()
    inside = around(said.whole_rows(said.of(firms)))
    inside = inside.filter(pl.col("name_key").is_not_null())
    holders = inside.filter(~pl.col("person")).select(works0="owner", works1="uid")
    turned = holders.select(works0="works1", works1="works0")
    linked = both.join(pl.concat([holders, turned]).unique(), on=["works0", "works1"], how="semi")
    names = inside.filter("person").select("owner", "name_key").unique()
    left = both.select("pair", "works0", "name_key").unique()
    left = left.join(names.rename({"owner": "works0", "name_key": "mate"}), on="works0")
    right = both.select("pair", "works1").unique()
    right = right.join(names.rename({"owner": "works1", "name_key": "mate"}), on="works1")
    mates = left.filter(pl.col("mate") != pl.col("name_key")).join(right, on=["pair", "mate"])
    mates = mates.filter(pl.col("works0") != pl.col("works1")).group_by("pair")
    mates = mates.agg(pl.col("mate").n_unique().alias("mates"), pl.col("mate").min())
    return (
        pairs.join(mates, on="pair", how="left", maintain_order="left")
        .with_columns(pl.col("pair").is_in(same["pair"].implode()).alias("same_organisation"))
        .with_columns(pl.col("pair").is_in(linked["pair"].implode()).alias("linked"))
    )


def _ends(pairs: pl.DataFrame) -> pl.Series:
    return pl.concat([pairs["uid"], pairs["uid" + OTHER]]).unique()


def _both(pairs: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    other = own.rename({name: name + OTHER for name in own.columns})
    joined = pairs.join(own, on="uid", how="left", maintain_order="left")
    return joined.join(other, on="uid" + OTHER, how="left", maintain_order="left")
