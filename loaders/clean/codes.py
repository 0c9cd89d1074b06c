"""Codes, a column at a time: which are valid by the checks of their standards."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.identifiers import credit_code, identity_card, organisation_code, registration_number
from loaders.clean.texts import joined

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_ASCII = 128
_NO = 255


def _values(alphabet: str) -> NDArray[np.uint8]:
    table = np.full(_ASCII, _NO, np.uint8)
    for value, char in enumerate(alphabet):
        table[ord(char)] = value
    return table


_CREDIT = _values(credit_code.ALPHABET)
_ORGANISATION = _values("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGIT = _values("0123456789")
_DEPARTMENT = _values(credit_code.DEPARTMENTS)


def _matrix(texts: pl.Series, width: int) -> tuple[Bytes, NDArray[np.int64]]:
    """Return (characters (m, width) uint8, places (m,)) of the ASCII texts of this width."""
    fitting = (texts.str.len_chars() == width) & (texts.str.len_bytes() == width)
    places = np.flatnonzero(fitting.fill_null(value=False).to_numpy())
    if not places.size:
        return np.empty((0, width), np.uint8), places
    content = "".join(texts.gather(places).to_list()).encode()
    return np.frombuffer(content, np.uint8).reshape(-1, width), places


def _spread(right: Mask, places: NDArray[np.int64], size: int) -> pl.Series:
    found = np.zeros(size, np.bool_)
    found[places] = right
    return pl.Series(found)


def _organisation_right(characters: Bytes) -> Mask:
    values = _ORGANISATION[characters].astype(np.int64)
    total = values[:, :8] @ np.array(organisation_code.WEIGHTS) % 11
    checks = np.frombuffer(b"0X987654321", np.uint8)[total]
    known: Mask = (values != _NO).all(axis=1)
    right: Mask = known & (checks == characters[:, 8])
    return right


def valid_credit_codes(texts: pl.Series) -> pl.Series:
    """Return which texts are valid credit codes; codes must be folded."""
    characters, places = _matrix(texts, credit_code.LENGTH)
    values = _CREDIT[characters].astype(np.int64)
    known = (values != _NO).all(axis=1) & (_DEPARTMENT[characters[:, 0]] != _NO)
    known &= (_DIGIT[characters[:, 2:8]] != _NO).all(axis=1)
    check = -(values[:, :17] @ np.array(credit_code.WEIGHTS)) % len(credit_code.ALPHABET)
    inner = _organisation_right(np.ascontiguousarray(characters[:, credit_code.ORGANISATION]))
    return _spread(known & (check == values[:, 17]) & inner, places, len(texts))


def valid_organisation_codes(texts: pl.Series) -> pl.Series:
    """Return which texts are valid organisation codes, without hyphen."""
    characters, places = _matrix(texts, organisation_code.LENGTH)
    return _spread(_organisation_right(characters), places, len(texts))


def valid_registration_numbers(texts: pl.Series) -> pl.Series:
    """Return which texts can be registration numbers: 15 digits checked, or 13 digits."""
    characters, places = _matrix(texts, registration_number.LENGTH)
    digits = _DIGIT[characters].astype(np.int64)
    product = np.full(len(characters), 10)
    for place in range(registration_number.LENGTH - 1):
        total = (product + digits[:, place]) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    right = (digits != _NO).all(axis=1) & ((11 - product) % 10 == digits[:, -1])
    long = _spread(right, places, len(texts))
    old = texts.str.contains(rf"^\d{{{registration_number.OLD_LENGTH}}}$").fill_null(value=False)
    return long | old


def full_identity_numbers(texts: pl.Series) -> pl.Series:
    """Return the valid 18-character numbers, 15-digit ones lengthened; null for all others."""
    number = pl.col("number")
    frame = pl.DataFrame({"number": texts.str.to_uppercase()})
    old = number.str.contains(r"^\d{15}$")
    body = number.str.slice(0, 6) + "19" + number.str.slice(6)
    frame = frame.with_columns(
        pl.when(old).then(body + "?").otherwise(number).alias("number"), old.alias("old")
    )
    characters, places = _matrix(frame["number"], identity_card.LENGTH)
    digits = _DIGIT[characters[:, :17]].astype(np.int64)
    known = (digits != _NO).all(axis=1)
    check = np.frombuffer(identity_card.CHECKS.encode(), np.uint8)[
        digits @ np.array(identity_card.WEIGHTS) % 11
    ]
    old_rows = frame["old"].fill_null(value=False).to_numpy()[places]
    right = _spread(known & (old_rows | (check == characters[:, 17])), places, len(texts))
    made = np.zeros(len(texts), np.uint8)
    made[places] = check
    last = pl.Series([chr(code) for code in range(_ASCII)]).gather(made.astype(np.int64))
    whole = frame.with_columns(right.alias("right"), last.alias("last")).select(
        pl.when(
            "right",
            number.str.slice(0, 2).is_in(sorted(identity_card.REGIONS)),
            number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False).is_not_null(),
        ).then(number.str.slice(0, 17) + pl.col("last"))
    )
    return whole.to_series().alias("number")


def folded_codes(texts: pl.Series) -> pl.Series:
    """Return codes half-width, capital, without spaces and hyphens; placeholders are null."""
    return joined(texts).str.to_uppercase().str.replace_all(r"[-—–_]", "")
