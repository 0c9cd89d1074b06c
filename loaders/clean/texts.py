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


def folded(column: pl.Expr) -> pl.Expr:
    """Return texts half-width, without invisible characters, single-spaced; nothing is null."""
    text = column.str.replace_all(_INVISIBLE, "").str.normalize("NFKC")
    text = text.str.replace_all(r"\s+", " ").str.strip_chars()
    empty = (text == "") | text.str.to_lowercase().is_in(NOTHING) | text.str.contains(_REPEATED)
    return pl.when(~empty).then(text)


def joined(column: pl.Expr) -> pl.Expr:
    """Return texts folded and without any space, as codes are compared."""
    return folded(column).str.replace_all(" ", "", literal=True)
