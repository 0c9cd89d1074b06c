"""What two organisations are compared by, from their names to their contacts."""

import polars as pl

from graph.names.features import OTHER, Feature, level


def _same(column: str) -> pl.Expr:
    return (pl.col(column) == pl.col(column + OTHER)) & (pl.col(column) != "")


def _unsaid(column: str) -> pl.Expr:
    return (pl.col(column) == "") | (pl.col(column + OTHER) == "")


_EQUAL = pl.col("found_by") == pl.col("found_by" + OTHER)
_SLIPPED = pl.col("slip").is_not_null()
_BEARERS = pl.col("brand_bearers")
_DATE, _CAPITAL = pl.col("established_agree"), pl.col("capital_agree")

# Pairs of organisations; columns as graph/names/comparison.py makes them.
ORGANISATION = (
    Feature(
        "name",
        (
            # Two districts may register shops of one name (domain.md 4.2).
            level(
                "shop",
                0.6,
                _EQUAL & (pl.col("form_class") == "sole"),
                "全称相同，但个体工商户可以同名",
            ),
            level("equal", 1.0, _EQUAL, "全称相同"),
            level("shape", 0.9, pl.col("slip") == "shape", "全称仅一字之差（{slipped}，形近）"),
            level("sound", 0.8, pl.col("slip") == "sound", "全称仅一字之差（{slipped}，同音）"),
            level("slip", 0.7, _SLIPPED, "全称仅一字之差（{slipped}）"),
            level("written", 0.5),
        ),
    ),
    Feature(
        "brand",
        (
            level("equal", 1.0, _same("brand"), "字号相同（{brand}）"),
            level("slip", 0.5, _SLIPPED),
            level("differs", 0.1, None, "字号不同（{brand}／{brand_other}）"),
        ),
    ),
    Feature(
        "rarity",
        (
            level("unsaid", 0.5, ~_same("brand")),
            level("alone", 1.0, _BEARERS <= 2, "全部数据中仅此两家用此字号"),  # noqa: PLR2004
            level("few", 0.8, _BEARERS <= 4, "用此字号者共{brand_bearers}家"),  # noqa: PLR2004
            level("some", 0.6, _BEARERS <= 12, "用此字号者共{brand_bearers}家"),  # noqa: PLR2004
            level("common", 0.4, None, "用此字号者多达{brand_bearers}家"),
        ),
    ),
    Feature(
        "trade",
        (
            level("equal", 1.0, _same("trade"), "行业相同（{trade}）"),
            level("covers", 0.7, pl.col("trade_covers") & ~_unsaid("trade"), "行业相近"),
            level("unsaid", 0.5, _unsaid("trade") | _SLIPPED),
            level("differs", 0.1, None, "行业不同（{trade}／{trade_other}）"),
        ),
    ),
    Feature(
        "region",
        (
            level("equal", 1.0, pl.col("codes") == pl.col("codes" + OTHER), "地区相符"),
            level("within", 0.8, pl.col("regions_agree"), "地区相符（{region}／{region_other}）"),
            level("unsaid", 0.5, pl.col("regions_agree").is_null(), "一方未写地区"),
            level("conflict", 0.0, None, "地区不同（{region}／{region_other}）"),
        ),
    ),
    Feature(
        "form",
        (
            level("equal", 0.6, _same("form_class")),
            level("unsaid", 0.5, _unsaid("form_class"), "一方未写组织形式"),
            level("conflict", 0.0, None, "组织形式不同"),
        ),
    ),
    Feature(
        "branch",
        (
            level("equal", 0.5, pl.col("tail") == pl.col("tail" + OTHER)),
            level("differs", 0.0, None, "一方是分支机构，或是另一分支机构"),
        ),
    ),
    Feature(
        "former",
        (
            level("equal", 1.0, pl.col("former") | pl.col("former" + OTHER), "与曾用名比对"),
            level("none", 0.5),
        ),
    ),
    Feature(
        "number",
        (
            level("equal", 1.0, pl.col("numbers_agree"), "登记号码相同"),
            level("unsaid", 0.5, pl.col("numbers_agree").is_null()),
            level("conflict", 0.0, None, "登记号码不同"),
        ),
    ),
    Feature(
        "people",
        (
            level("long", 1.0, pl.col("shared_long"), "相关人员同名（{shared_person}）"),
            level(
                "short",
                0.8,
                pl.col("shared_person").is_not_null(),
                "相关人员同名（{shared_person}）",
            ),
            level("unsaid", 0.5, pl.col("people_said").not_()),
            level("differs", 0.3, None, "相关人员姓名均不同"),
        ),
    ),
    Feature(
        "contact",
        (
            level("own", 1.0, pl.col("contact_bearers") <= 5, "电话或地址相同"),  # noqa: PLR2004
            level(
                "shared",
                0.6,
                pl.col("contact_bearers").is_not_null(),
                "电话或地址相同，但有{contact_bearers}家共用",
            ),
            level("none", 0.5),
        ),
    ),
    Feature(
        "register",
        (
            level("both", 1.0, _DATE & _CAPITAL, "成立日期和注册资本相同"),
            level("date", 0.9, _DATE, "成立日期相同"),
            level("capital", 0.7, _CAPITAL & _DATE.is_null(), "注册资本相近"),
            level("unsaid", 0.5, _DATE.is_null()),
            level("conflict", 0.2, None, "成立日期不同"),
        ),
    ),
)
