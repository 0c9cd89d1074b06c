"""Pairs of parties side by side: the columns that features look at."""

import polars as pl

from graph.names.features import OTHER
from graph.names.slips import slips

# Regions that a name may mean are joined by this mark.
CODES_MARK = "|"
# Names of persons from this length on are rare enough to tell people apart (domain.md 4.2: 27 % of
# those of two characters and 15 % of those of three occur in more than one listed company).
LONG_NAME = 3
# Contributions are rounded and paid later: this part of the larger is no difference.
_NEAR_CAPITAL = 0.02
# An identity number (GB 11643-1999): six digits of region, eight of birth, three of order, check.
_LENGTH, _REGION = 18, 6


def organisations_beside(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return pairs with what follows from both sides.

    Needs, plain and with `_other` behind: found_by, codes, brand, trade, former, and the lists
    numbers, people, established, capital. Adds slip, slipped, regions_agree, trade_covers,
    numbers_agree, people_said, shared_person, shared_long, established_agree, capital_agree.
    """
    return (
        pairs.pipe(_with_slips)
        .pipe(_with_regions)
        .with_columns(
            _covers("trade"),
            _numbers_agree(),
            _agree("established").alias("established_agree"),
            _near_capital().alias("capital_agree"),
            (_said("people") & _said("people" + OTHER)).alias("people_said"),
            _shared("people").list.sort().list.join("、").alias("shared_person"),
            (_shared("people").list.eval(pl.element().str.len_chars()).list.max() >= LONG_NAME)
            .fill_null(value=False)
            .alias("shared_long"),
        )
        .with_columns(
            pl.when(pl.col("shared_person") != "").then("shared_person").alias("shared_person")
        )
    )


def _with_slips(pairs: pl.DataFrame) -> pl.DataFrame:
    found = slips(pairs["found_by"].to_list(), pairs["found_by" + OTHER].to_list())
    kinds = [one[0] if one else None for one in found]
    words = [one[1] if one else None for one in found]
    return pairs.with_columns(
        pl.Series("slip", kinds, pl.String), pl.Series("slipped", words, pl.String)
    )


def _with_regions(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return pairs with `regions_agree`: equal or one within the other; null: one is not said."""
    both = ["codes", "codes" + OTHER]
    asked = pairs.select(both).unique().drop_nulls()
    agree = [
        any(
            mine.startswith(its) or its.startswith(mine)
            for mine in one.split(CODES_MARK)
            for its in other.split(CODES_MARK)
        )
        for one, other in asked.iter_rows()
    ]
    told = asked.with_columns(pl.Series("regions_agree", agree, pl.Boolean))
    return pairs.join(told, on=both, how="left", maintain_order="left")


def _covers(column: str) -> pl.Expr:
    one, other = pl.col(column), pl.col(column + OTHER)
    return (one.str.contains(other, literal=True) | other.str.contains(one, literal=True)).alias(
        f"{column}_covers"
    )


def _said(column: str) -> pl.Expr:
    return (pl.col(column).list.len() > 0).fill_null(value=False)


def _shared(column: str) -> pl.Expr:
    return pl.col(column).list.set_intersection(pl.col(column + OTHER))


def _agree(column: str) -> pl.Expr:
    """Return whether both hold one value in common; null where one holds none."""
    said = _said(column) & _said(column + OTHER)
    return pl.when(said).then(_shared(column).list.len() > 0)


def _numbers_agree() -> pl.Expr:
    """Return whether both have a number "kind:value" in common; null: they have none of a kind."""
    kinds = [
        pl.col(column).list.eval(pl.element().str.extract(r"^(\w+):")).list.unique()
        for column in ("numbers", "numbers" + OTHER)
    ]
    comparable = kinds[0].list.set_intersection(kinds[1]).list.len() > 0
    agree = _shared("numbers").list.len() > 0
    return pl.when(comparable.fill_null(value=False)).then(agree).alias("numbers_agree")


def _near_capital() -> pl.Expr:
    one, other = pl.col("capital").list.max(), pl.col("capital" + OTHER).list.max()
    larger = pl.max_horizontal(one, other)
    return pl.when(one.is_not_null() & other.is_not_null()).then(
        (one - other).abs() <= _NEAR_CAPITAL * larger
    )


def persons_beside(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of persons with what follows from both sides.

    Needs, plain and with `_other` behind, the lists sex, birth, mask and licence. Adds sex_agrees,
    birth_gap in years (the least), mask_agrees (how many visible characters; -1: one differs),
    licence_agrees.
    """
    pairs = pairs.with_row_index("pair")
    gaps = pairs.select("pair", "birth", "birth" + OTHER).drop_nulls()
    gaps = gaps.explode("birth").explode("birth" + OTHER)
    gap = (pl.col("birth") - pl.col("birth" + OTHER)).abs().min().alias("birth_gap")
    masked = pairs.select("pair", "mask", "mask" + OTHER).drop_nulls()
    seen = [
        max(visible(one, other) for one in ones for other in others)
        for _, ones, others in masked.iter_rows()
    ]
    masks = masked.select("pair").with_columns(pl.Series("mask_agrees", seen, pl.Int64))
    return (
        pairs.join(gaps.group_by("pair").agg(gap), on="pair", how="left", maintain_order="left")
        .join(masks, on="pair", how="left", maintain_order="left")
        .drop("pair")
        .with_columns(_agree("sex").alias("sex_agrees"), _agree("licence").alias("licence_agrees"))
    )


def visible(one: str, other: str) -> int:
    """Return how many characters two masked identity numbers both show; -1 where one differs.

    A number of 15 digits leaves out the century and the check character: 19 is added.

    >>> visible("440106********1234", "4401061980****1234")
    10
    >>> visible("440106********1234", "440106********1235")
    -1
    >>> visible("440106800101123", "44010619800101****")
    14
    """
    one, other = (
        text if len(text) == _LENGTH else f"{text[:_REGION]}19{text[_REGION:]}*"
        for text in (one, other)
    )
    both = [(a, b) for a, b in zip(one, other, strict=False) if "*" not in (a, b)]
    return len(both) if all(a == b for a, b in both) else -1
