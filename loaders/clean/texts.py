"""Texts: widths, spaces, invisible characters, and words that stand for nothing."""

import polars as pl

# Words that departments type into a cell which they have nothing for (domain.md 4.2).
NOTHING = (
    "无",
    "暂无",
    "不详",
    "未知",
    "空",
    "-",
    "--",
    "—",
    "/",
    "\\",
    "null",
    "none",
    "nan",
    "n/a",
    "*",
)
# Zero-width and byte-order characters, soft hyphen, control characters.
_INVISIBLE = r"[\u200b-\u200f\u2028-\u202f\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
# A whole value of one repeated digit is a placeholder: 000000, 111111111.
_REPEATED = r"^(0{4,}|1{6,}|9{6,}|X{4,}|x{4,})$"
# A complete identity number is known by the date of birth inside. Credit codes and registration
# numbers of digits alone have no date there.
_DATE = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY = (
    rf"(^|[^0-9A-Za-z])(\d{{6}})(?:(?:19|20)\d{{2}}{_DATE}|\d{{2}}{_DATE})"
    r"(\d{3}[0-9Xx]?)($|[^0-9A-Za-z])"
)
_MASKED = "${1}${2}********${3}${4}"


def evaluated(frame: pl.DataFrame, *expressions: pl.Expr | str) -> pl.DataFrame:
    """Return `frame.select(…)`, in which what several expressions share is computed once.

    An eager select computes it anew each time: names took five times as long.
    """
    # In one piece: beside columns that are, every other would be cut like it, again and again.
    return frame.lazy().select(*expressions).collect().rechunk()


def folded(column: pl.Expr) -> pl.Expr:
    """Return texts half-width, without invisible characters, single-spaced; nothing is null."""
    text = column.str.replace_all(_INVISIBLE, "").str.normalize("NFKC")
    text = text.str.replace_all(r"\s+", " ").str.strip_chars()
    empty = (text == "") | text.str.to_lowercase().is_in(NOTHING) | text.str.contains(_REPEATED)
    return pl.when(~empty).then(text)


def joined(column: pl.Expr) -> pl.Expr:
    """Return texts folded and without any space, as codes are compared."""
    return folded(column).str.replace_all(" ", "", literal=True)


def identity_masked(column: pl.Expr) -> pl.Expr:
    """Return texts with every complete identity number replaced by its mask, wherever it stands."""
    return column.str.replace_all(_IDENTITY, _MASKED)
