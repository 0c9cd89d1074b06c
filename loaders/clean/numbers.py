"""Dates, amounts, fractions and truth values as departments write them."""

import polars as pl

from loaders.clean.texts import changed_where, evaluated, joined

# Day 0 of Excel's calendar, and the serials that stand for 1950 to 2100 (ECMA-376, 18.17.4).
EXCEL_ZERO = pl.date(1899, 12, 30)
EXCEL_RANGE = (18_264, 73_415)
# No end in sight: how a term without an end is kept.
OPEN_END = pl.date(9999, 12, 31)
# From this year on a date means "long-term" (2099-12-31, 9999-9-9 in the files).
OPEN_YEAR = 2099
# 1900-1-1 means that nothing is known.
UNKNOWN_YEAR = 1900
_LONG_TERM = ("长期", "永久", "无固定期限", "至今")

# As most departments write them: nothing is to be done but to read it.
_USUAL_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

WAN, YI = 10_000.0, 100_000_000.0
_AMOUNT = (
    r"^[¥￥]?(-?\d+(?:\.\d+)?(?:[eE][+]?\d+)?)(亿|万)?(元|人民币|美元|港元|港币|欧元|日元)*整?$"
)
_TRUE = ("是", "true", "1", "y", "yes", "有", "中标")
_FALSE = ("否", "false", "0", "n", "no", "未中标")
_PER_CENT = 100.0
# Fractions are kept to a thousandth of a ppm: beyond lies the noise of division.
_DECIMALS = 9


def dates(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return (dates, which are given but are none). Terms without end become 9999-12-31."""
    text = joined(texts).alias("text")
    usual = text.str.contains(_USUAL_DATE)
    text = changed_where(text, ~usual, _with_hyphens)
    written = changed_where(text, ~usual, _written)
    frame = pl.DataFrame({"text": text, "written": written}).with_columns(
        pl.col("written").str.to_date("%Y-%m-%d", strict=False).alias("day"),
        pl.col("text").str.extract(r"^(\d{5})(\.0+)?$").cast(pl.Int64).alias("serial"),
        _false(pl.col("text").str.contains(r"^1900-?0?1-?0?1$")).alias("unknown"),
        _false(
            pl.col("text").is_in(_LONG_TERM)
            | (pl.col("written").str.slice(0, 4).cast(pl.Int32) >= OPEN_YEAR)
        ).alias("open_end"),
    )
    serial = pl.col("serial")
    by_serial = pl.when(serial.is_between(*EXCEL_RANGE)).then(EXCEL_ZERO + pl.duration(days=serial))
    day = pl.when("open_end").then(OPEN_END).otherwise(pl.coalesce("day", by_serial))
    value = frame.select(pl.when(~pl.col("unknown")).then(day)).to_series()
    return value, text.is_not_null() & value.is_null() & ~frame["unknown"]


def _false(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


def _with_hyphens(texts: pl.Series) -> pl.Series:
    """Return dates without a time of day, their parts between hyphens where signs part them."""
    text = texts.str.replace(r"(\d{1,2}:\d{2}.*|T\d.*)$", "")
    text = text.str.replace_all(r"[年月/.]", "-").str.replace_all(r"日|号", "")
    return text.str.strip_chars("-")


def _written(texts: pl.Series) -> pl.Series:
    """Return as 2026-01-03 what has a year and a month, and a day or none; null for all others."""
    forms = {
        "parts": r"^(\d{4})-(\d{1,2})-(\d{1,2})$",
        "packed": r"^(\d{4})(\d{2})(\d{2})$",
        "month": r"^(\d{4})-(\d{1,2})$",
    }
    frame = pl.DataFrame({name: texts.str.extract_groups(form) for name, form in forms.items()})
    padded = [_padded(pl.col(name), 2 if name == "month" else 3) for name in forms]
    return frame.select(pl.coalesce(padded)).to_series()


def _padded(parts: pl.Expr, count: int) -> pl.Expr:
    fields = [parts.struct.field(str(place + 1)) for place in range(count)]
    padded = [fields[0], *(field.str.zfill(2) for field in fields[1:])]
    # Without a day a month begins on its first.
    padded += [pl.lit("01")] * (3 - count)
    # A missing part makes the whole null.
    return pl.concat_str(padded, separator="-")


def amounts(texts: pl.Series, unit: str | None) -> tuple[pl.Series, pl.Series]:
    """Return (amounts in yuan, which are given but are none); `unit` of a bare number: yuan, wan.

    Foreign currencies keep their figure: the currency stands in a column of its own.
    """
    text = joined(texts).alias("text")
    plain = text.str.replace_all(r"[,，]", "")
    frame = pl.DataFrame([text, plain.str.extract_groups(_AMOUNT).alias("parts")])
    parts = pl.col("parts")
    factor = WAN if unit == "wan" else 1.0
    scale = (
        pl.when(parts.struct.field("2") == "亿")
        .then(YI)
        .when(parts.struct.field("2") == "万")
        .then(WAN)
        .when(parts.struct.field("3").is_not_null())
        .then(1.0)
        .otherwise(factor)
    )
    value = parts.struct.field("1").cast(pl.Float64, strict=False) * scale
    read = evaluated(frame, "text", value.round(2).alias("value"))
    words = read.filter(pl.col("value").is_null() & pl.col("text").is_not_null())["text"].unique()
    spoken = {word: amount for word in words if (amount := _spoken(word)) is not None}
    if spoken:
        said = pl.col("text").replace_strict(spoken, default=None, return_dtype=pl.Float64)
        read = read.with_columns(pl.coalesce("value", said).alias("value"))
    broken = read.select(pl.col("text").is_not_null() & pl.col("value").is_null()).to_series()
    return read["value"], broken


def _spoken(word: str) -> float | None:
    """Return an amount written in words, 叁仟伍佰万元整, or None."""
    import cn2an  # noqa: PLC0415 - a tenth of a second at every start, for words that are rare

    bare = word.rstrip("整正").removesuffix("元").removesuffix("圆").removeprefix("人民币")
    try:
        return float(cn2an.cn2an(bare, "smart"))
    except (ValueError, KeyError, IndexError):
        return None


def fractions(texts: pl.Series, unit: str | None) -> tuple[pl.Series, pl.Series]:
    """Return (fractions 0..1, which are given but are none); `unit` of a bare number."""
    text = joined(texts)
    frame = pl.DataFrame(
        {
            "percent": text.str.ends_with("%"),
            "number": text.str.strip_chars_end("%").cast(pl.Float64, strict=False),
        }
    )
    number = pl.col("number")
    by_hundred = pl.col("percent") | pl.lit(unit == "percent")
    value = pl.when(by_hundred).then(number / _PER_CENT).otherwise(number).round(_DECIMALS)
    read = frame.select(value.alias("value")).to_series()
    inside = read.is_between(0.0, 1.0).fill_null(value=False)
    kept = read.to_frame().select(pl.when(inside).then("value")).to_series()
    return kept, text.is_not_null() & ~inside


def integers(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return (whole numbers, which are given but are none)."""
    text = joined(texts).str.replace(r"\.0+$", "")
    value = text.cast(pl.Int64, strict=False)
    return value, text.is_not_null() & value.is_null()


def truths(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return (truth values, which are given but are none)."""
    text = joined(texts).str.to_lowercase().alias("text")
    column = pl.col("text")
    value = pl.when(column.is_in(_TRUE)).then(statement=True).when(column.is_in(_FALSE))
    read = value.then(statement=False).otherwise(None).alias("value")
    return (
        text.to_frame().select(read).to_series(),
        text.is_not_null() & ~text.is_in([*_TRUE, *_FALSE]),
    )
