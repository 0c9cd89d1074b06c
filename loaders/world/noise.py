"""How departments write: brackets, forms, missing and wrong codes, dates in every shape."""

from functools import cache

import numpy as np
import polars as pl
from opencc import OpenCC

# Ways in which one name is written differently (domain.md 4.2); all mean the same party.
_VARIANTS = (
    (r"（", "("),
    (r"）", ")"),
    (r"有限公司$", "有限责任公司"),
    (r"市", ""),
    (r"^(.{4})", "${1} "),
    (r"科技", "科枝"),
    (r"公司$", "公同"),
    (r"^(.{3})", "${1}\u200b"),
    (r"^.{2,3}市(.{4,})有限公司$", "${1}"),
    (r"^.{2,3}市", "广东"),
)
# The last way of all: as Hong Kong writes.
_TRADITIONAL = len(_VARIANTS)
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")


def noisy_names(rng: np.random.Generator, names: pl.Series, rate: float) -> pl.Series:
    """Return names of which a part `rate` is written in another way."""
    way = rng.integers(0, _TRADITIONAL + 1, len(names))
    hit = rng.random(len(names)) < rate
    frame = pl.DataFrame({"name": names, "way": np.where(hit, way, -1)})
    name = pl.col("name")
    other = frame.filter(pl.col("way") == _TRADITIONAL)["name"].unique()
    spelt = {text: _converter().convert(text) for text in other.drop_nulls()}
    written = pl.when(pl.col("way") == _TRADITIONAL).then(name.replace(spelt)).otherwise(name)
    for number, (pattern, instead) in enumerate(_VARIANTS):
        written = (
            pl.when(pl.col("way") == number)
            .then(name.str.replace(pattern, instead))
            .otherwise(written)
        )
    # A way that finds nothing to change is no noise: such a name is padded, as clerks do.
    same = (pl.col("way") >= 0) & (written == name)
    padded = name.str.replace(r"^(.)", "${1}\u3000")
    return frame.select(pl.when(same).then(padded).otherwise(written).alias("name")).to_series()


def missing(
    rng: np.random.Generator, values: pl.Series, rate: float, instead: str | None = None
) -> pl.Series:
    """Return values of which a part `rate` is missing, or a word that says nothing."""
    hit = pl.Series(rng.random(len(values)) < rate)
    frame = pl.DataFrame({"value": values, "hit": hit})
    return frame.select(
        pl.when("hit").then(pl.lit(instead, dtype=pl.String)).otherwise("value").alias("value")
    ).to_series()


def written_dates(rng: np.random.Generator, days: pl.Series, *, mixed: bool = True) -> pl.Series:
    """Return dates as text; `mixed` in all shapes that a department uses, else one."""
    way = rng.integers(0, len(_DATES), len(days)) if mixed else np.zeros(len(days), np.int64)
    frame = pl.DataFrame({"day": days, "way": way})
    text: pl.Expr = pl.col("day").dt.strftime(_DATES[0])
    for number, form in enumerate(_DATES[1:], start=1):
        text = (
            pl.when(pl.col("way") == number).then(pl.col("day").dt.strftime(form)).otherwise(text)
        )
    return frame.select(text.alias("day")).to_series()


def wrong_character(rng: np.random.Generator, codes: pl.Series, rate: float) -> pl.Series:
    """Return codes of which a part `rate` has one wrong character, or came through Excel."""
    hit = rng.random(len(codes))
    frame = pl.DataFrame({"code": codes, "hit": hit})
    code = pl.col("code")
    broken = pl.concat_str(code.str.slice(0, 9), pl.lit("0"), code.str.slice(10))
    excel = pl.concat_str(code.str.slice(0, 1), pl.lit("."), code.str.slice(1, 1), pl.lit("E+17"))
    return frame.select(
        pl.when(pl.col("hit") < rate / 2)
        .then(broken)
        .when(pl.col("hit") < rate)
        .then(excel)
        .otherwise(code)
        .alias("code")
    ).to_series()


def dirty(
    rng: np.random.Generator, frame: pl.DataFrame, column: str, rate: float, cell: str
) -> pl.DataFrame:
    """Return the table with a part `rate` of a column's cells made to break a rule."""
    hit = pl.Series("hit", rng.random(frame.height) < rate)
    return frame.with_columns(
        pl.when(hit).then(pl.lit(cell)).otherwise(pl.col(column)).alias(column)
    )
