"""What two persons of one name are compared by: a name alone never says that they are one."""

import polars as pl

from graph.names.comparison import LONG_NAME
from graph.names.features import Feature, level

# Years of birth that are told by ages at different days differ by so much at most (domain.md 4.2).
SAME_BIRTH, LEAST_DIFFERENT = 0, 3
# Visible characters of a masked number that agree: a region alone, region and year, or more.
_REGION, _YEAR = 6, 10

_KNOWN, _UNKNOWN = pl.col("known_bearers"), pl.col("open_bearers")
_CHARACTERS = pl.col("found_by").str.len_chars()
_GAP, _SEEN = pl.col("birth_gap"), pl.col("mask_agrees")
_ALL = "全部数据中此名者{bearers}人，有证件号码的{known_bearers}人"


# Pairs of persons of one name, at most one with an identity number (graph/names/comparison.py).
PERSON = (
    Feature(
        "name",
        (
            level("long", 0.8, _CHARACTERS > LONG_NAME, "姓名相同（{name}）"),
            level("three", 0.7, pl.lit(LONG_NAME) == _CHARACTERS, "姓名相同（{name}）"),
            level("two", 0.6, None, "姓名相同（{name}），两字姓名重名多"),
        ),
    ),
    Feature(
        "rarity",
        (
            level("only_two", 1.0, pl.col("bearers") <= 2, "全部数据中仅此两人同名"),  # noqa: PLR2004
            level("one_known_two", 0.9, (_KNOWN <= 1) & (_UNKNOWN <= 2), _ALL),  # noqa: PLR2004
            level("one_known_three", 0.8, (_KNOWN <= 1) & (_UNKNOWN <= 3), _ALL),  # noqa: PLR2004
            level("one_known_more", 0.6, _KNOWN <= 1, _ALL),
            level("two_known", 0.4, _KNOWN <= 2, _ALL),  # noqa: PLR2004
            level("three_known", 0.3, _KNOWN <= 3, _ALL),  # noqa: PLR2004
            level("more_known", 0.1, None, _ALL),
        ),
    ),
    Feature(
        "number",
        (
            level("conflict", 0.0, _SEEN < 0, "证件号码可见位不符"),
            level("many", 1.0, _SEEN > _YEAR, "证件号码可见的{mask_agrees}位全部相符"),
            level("year", 0.9, _SEEN > _REGION, "证件号码可见的{mask_agrees}位相符"),
            level("region", 0.7, _SEEN >= 1, "证件号码可见的{mask_agrees}位相符"),
            level("one_lacks", 0.5, _KNOWN > 0, "一方没有证件号码"),
            level("both_lack", 0.5, None, "双方均没有证件号码"),
        ),
    ),
    Feature(
        "sex",
        (
            level("conflict", 0.0, ~pl.col("sex_agrees"), "性别不同"),
            level("equal", 0.6, pl.col("sex_agrees"), "性别相同"),
            level("unsaid", 0.5),
        ),
    ),
    Feature(
        "birth",
        (
            level("conflict", 0.0, _GAP >= LEAST_DIFFERENT, "出生年相差{birth_gap}年"),
            level("near", 0.4, _GAP > SAME_BIRTH, "出生年相差{birth_gap}年"),
            level("equal", 0.9, _GAP == SAME_BIRTH, "出生年相同"),
            level("unsaid", 0.5),
        ),
    ),
    Feature(
        "certificate",
        (
            level("equal", 1.0, pl.col("licence_agrees"), "执业证号相同"),
            level("unsaid", 0.5),
        ),
    ),
    Feature(
        "organisation",
        (
            level("equal", 1.0, pl.col("same_organisation"), "同一单位任职"),
            level("mates", 0.95, pl.col("mates") > 1, "两单位另有{mates}个相同姓名（{mate}等）"),
            level("mate", 0.9, pl.col("mates") == 1, "两单位另有一个相同姓名（{mate}）"),
            level("linked", 0.8, pl.col("linked"), "两单位之间有投资关系"),
            level("none", 0.5, None, "无共同任职单位"),
        ),
    ),
)
