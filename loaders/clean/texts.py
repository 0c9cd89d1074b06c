"""Texts: widths, spaces, invisible characters, and words that stand for nothing."""

from collections.abc import Callable

import numpy as np
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
# The longest of them, in UTF-8.
_NOTHING_BYTES = max(len(word.encode()) for word in NOTHING)
# Most texts hold none but these and stay as they are: half-width signs and letters, and the Han
# characters that no form of Unicode writes otherwise.
_NOT_PLAIN = r"[^\x21-\x7e\u{4000}-\u{9fff}]"
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

    An eager select computes it anew each time; what stands deep inside of others is computed anew
    even here, and is better made a column first.
    """
    # In one piece: beside columns that are, every other would be cut like it, again and again.
    return frame.lazy().select(*expressions).collect().rechunk()


def changed_where(
    texts: pl.Series, where: pl.Series, change: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """Return the texts, those of `where` as `change` makes them; the others are not looked at."""
    places = where.fill_null(value=False).arg_true()
    if places.is_empty():
        return texts
    order = np.arange(len(texts))
    order[places.to_numpy()] = np.arange(len(texts), len(texts) + len(places))
    return pl.concat([texts, change(texts.gather(places))]).gather(order)


def folded(texts: pl.Series) -> pl.Series:
    """Return texts half-width, without invisible characters, single-spaced; nothing is null."""
    text = changed_where(texts, texts.str.contains(_NOT_PLAIN), _half_width)
    short = text.str.len_bytes() <= _NOTHING_BYTES
    empty = short & text.str.to_lowercase().is_in(NOTHING) if short.any() else short
    empty = (empty | (text == "") | text.str.contains(_REPEATED)).fill_null(value=False)
    return without(text, empty)


def without(texts: pl.Series, where: pl.Series) -> pl.Series:
    """Return the texts, null in place of those of `where`."""
    return changed_where(texts, where, lambda some: some.clear(len(some)))


def _half_width(texts: pl.Series) -> pl.Series:
    text = texts.str.replace_all(_INVISIBLE, "").str.normalize("NFKC")
    return text.str.replace_all(r"\s+", " ").str.strip_chars()


def joined(texts: pl.Series) -> pl.Series:
    """Return texts folded and without any space, as codes are compared."""
    return folded(texts).str.replace_all(" ", "", literal=True)


def identity_masked(column: pl.Expr) -> pl.Expr:
    """Return texts with every complete identity number replaced by its mask, wherever it stands."""
    # Twice: the sign between two numbers is of one match alone.
    return column.str.replace_all(_IDENTITY, _MASKED).str.replace_all(_IDENTITY, _MASKED)
