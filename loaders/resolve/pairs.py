"""Pairs of parties side by side: what their names and their mentions say, ready for comparison."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from graph.names.comparison import organisations_beside, persons_beside
from graph.names.features import OTHER
from loaders.catalogue.catalog import Catalogue
from loaders.catalogue.resource import Resource
from loaders.resolve.mentions import Mentions
from loaders.resolve.values import around, contact_lines, lists, values

_ORGANISATION_KINDS = {
    "people": pl.String,
    "contact": pl.String,
    "established": pl.String,
    "capital": pl.Float64,
}
_PERSON_KINDS = {"sex": pl.String, "birth": pl.Int64, "mask": pl.String, "licence": pl.String}
# `at` is a UInt32, a row has few roles: with the number of the resource they make one number.
_MOST_ROWS = 2**32
_MOST_ROLES = 2**8
PLACES = ("uid", "resource", "at", "role", "person", "name_key", "licence_number")
_ENDS = ("uid", "uid" + OTHER)


@dataclass(frozen=True, slots=True)
class Statements:
    """All mentions and what their rows say.

    `frame` is Mentions.frame with the column uid, `rows` are Mentions.rows, `resources` their forms
    by code. `places` has a row a mention, in the order of `frame`: what says where it stands
    (PLACES), its row and the seats of its role and of its anchor in that row as numbers.
    """

    frame: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]
    resources: Mapping[str, Resource]
    places: pl.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        roles = pl.concat([self.frame["role"].unique(), self.frame["anchor"].unique()])
        role = pl.Enum(roles.drop_nulls().unique().sort())
        line = self._line()
        seat = [
            (line * _MOST_ROLES + pl.col(name).cast(role).to_physical()).alias(seat)
            for name, seat in (("role", "seat"), ("anchor", "anchor_seat"))
        ]
        object.__setattr__(self, "places", self.frame.select(*PLACES, line.alias("line"), *seat))

    def _line(self) -> pl.Expr:
        known = self.frame["resource"].unique().drop_nulls().sort()
        code = pl.col("resource").cast(pl.Enum(known), strict=False)
        return code.to_physical().cast(pl.UInt64) * _MOST_ROWS + pl.col("at")

    def of(self, uids: pl.Series) -> pl.DataFrame:
        """Return the places of the mentions of parties."""
        return self.places.filter(self.places["uid"].is_in(uids.implode()))

    def whole_rows(self, mentions: pl.DataFrame) -> pl.DataFrame:
        """Return the places of every mention that stands in a row of these."""
        return self.places.filter(self.places["line"].is_in(mentions["line"].unique().implode()))

    def contacts(self, asked: pl.Series) -> pl.DataFrame:
        """Return (uid, value): who has one of the phones and addresses asked for, each once."""
        if not len(asked):
            return pl.DataFrame(schema={"uid": pl.String, "value": pl.String})
        told = contact_lines(self.rows, self.resources, asked)
        told = told.with_columns(self._line().alias("line"))
        return self.whole_rows(told).join(told, on=["line", "role"]).select("uid", "value").unique()

    def values(self, mine: pl.DataFrame, kinds: Collection[str]) -> pl.DataFrame:
        """Return in the form of VALUES what the rows of mentions say of their parties."""
        return values(mine, self.rows, self.resources, kinds)


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
    held = said.values(mine, _ORGANISATION_KINDS)
    known = around(said.whole_rows(mine)).rename({"uid": "member", "owner": "uid"})
    known = known.filter(pl.col("name_key").is_not_null()).join(
        uids.to_frame("uid"), on="uid", how="semi"
    )
    people = known.select("uid", kind=pl.lit("people"), value="name_key")
    held = pl.concat([held, people])
    own = lists(held, _ORGANISATION_KINDS)
    brands = firms.group_by("brand").agg(pl.col("uid").n_unique().alias("brand_bearers"))
    pairs = pairs.join(brands, on="brand", how="left")
    pairs = organisations_beside(_both(pairs, own))
    return _with_contacts(pairs, said)


def _with_contacts(pairs: pl.DataFrame, said: Statements) -> pl.DataFrame:
    """Return pairs with `contact_bearers`: how many have the rarest phone or address in common."""
    shared = pl.col("contact").list.set_intersection("contact" + OTHER)
    pairs = pairs.with_columns(shared.alias("shared_contact")).with_row_index("pair")
    asked = pairs.select("pair", "shared_contact").explode("shared_contact").drop_nulls()
    held = said.contacts(asked["shared_contact"].unique())
    counted = held.group_by("value").agg(pl.col("uid").n_unique().alias("bearers"))
    asked = asked.join(counted, left_on="shared_contact", right_on="value")
    least = asked.group_by("pair").agg(pl.col("bearers").min().alias("contact_bearers"))
    return pairs.join(least, on="pair", how="left", maintain_order="left").drop("pair")


def persons(pairs: pl.DataFrame, people: pl.DataFrame, said: Statements) -> pl.DataFrame:
    """Return pairs of persons with all columns that features look at."""
    mine = said.of(_ends(pairs))
    own = lists(said.values(mine, _PERSON_KINDS), _PERSON_KINDS)
    bearers = people.select("uid", "open", "found_by").unique().group_by("found_by")
    counted = bearers.agg(
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
    mates = (
        mates.filter(pl.col("works0") != pl.col("works1"))
        .group_by("pair")
        .agg(pl.col("mate").n_unique().alias("mates"), pl.col("mate").min())
    )
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
