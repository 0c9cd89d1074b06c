"""Identifiers of the invented parties, a column at a time, with right check characters."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

Codes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]

# GB 32100-2015: digits and capital letters without I, O, S, V, Z.
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# GB 32100-2015: 3**place modulo 31 for the first 17 characters.
CREDIT_WEIGHTS: Final = np.array([pow(3, place, 31) for place in range(17)])
# GB 11714: weights of the eight characters of an organisation code.
ORG_WEIGHTS: Final = np.array([3, 7, 9, 10, 5, 8, 4, 2])
# GB 11643: 2**(17 - place) modulo 11 for the first 17 digits.
ID_WEIGHTS: Final = np.array([pow(2, 17 - place, 11) for place in range(17)])
ID_CHECKS: Final = np.frombuffer(b"10X98765432", dtype=np.uint8)
# What 11 less the remainder stands for: 1..9, X for 10, 0 for 11.
_ORG_CHECKS: Final = np.frombuffer(b"0123456789X0", dtype=np.uint8)
# Organisation codes issued since the credit code came into force begin with MA.
NEW_BODY: Final = len(ALPHABET) ** 6
OLD_BODY: Final = 10**8
# Steps coprime to 31 and to 10, which spread consecutive parties over the whole range.
NEW_STEP: Final = 541_200_017
OLD_STEP: Final = 38_196_601

_ALPHABET: Final = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_CREDIT_VALUE: Final = np.array([max(ALPHABET.find(chr(i)), 0) for i in range(128)])
_ORG_VALUE: Final = np.array(
    [i - 48 if chr(i).isdigit() else i - 55 if "A" <= chr(i) <= "Z" else 0 for i in range(128)]
)


def text(characters: Codes) -> pl.Series:
    """Return a column of strings from an (n, width) array of ASCII codes."""
    rows: npt.NDArray[Any] = np.ascontiguousarray(characters)
    if len(rows) == 0:
        return pl.Series(values=[], dtype=pl.String)
    return pl.Series(rows.view(f"S{rows.shape[1]}").ravel().tolist()).cast(pl.String)


def digits(values: Integers, width: int) -> Codes:
    """Return the last `width` decimal digits of each value as ASCII codes, (n, width)."""
    places = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (values[:, None] // places % 10 + 48).astype(np.uint8)


def org_codes(numbers: Integers, *, recent: npt.NDArray[np.bool_]) -> Codes:
    """Return one organisation code (GB 11714) a number, (n, 9); different numbers differ.

    `recent` marks parties established since the credit code came into force.
    """
    old = digits((numbers * OLD_STEP + 70_000_003) % OLD_BODY, 8)
    spread = (numbers * NEW_STEP + 7) % NEW_BODY
    places = len(ALPHABET) ** np.arange(5, -1, -1, dtype=np.int64)
    tail = _ALPHABET[spread[:, None] // places % len(ALPHABET)]
    head = np.broadcast_to(np.frombuffer(b"MA", dtype=np.uint8), (len(numbers), 2))
    body = np.where(recent[:, None], np.hstack([head, tail]), old)
    check = 11 - _ORG_VALUE[body] @ ORG_WEIGHTS % 11
    last = _ORG_CHECKS[check]
    return np.hstack([body, last[:, None]])


def credit_codes(category: Codes, region: Integers, organisation: Codes) -> Codes:
    """Return credit codes (GB 32100-2015), (n, 18).

    `category` (n, 2) is the registering department and kind, `region` the six-digit code of the
    registering authority, `organisation` (n, 9) the organisation code.
    """
    body = np.hstack([category, digits(region, 6), organisation])
    check = -(_CREDIT_VALUE[body] @ CREDIT_WEIGHTS) % 31
    return np.hstack([body, _ALPHABET[check][:, None]])


def registration_numbers(region: Integers, numbers: Integers) -> Codes:
    """Return registration numbers (GS 15-2006, check by ISO 7064 MOD 11,10), (n, 15)."""
    body = np.hstack([digits(region, 6), digits(numbers, 8)])
    product = np.full(len(body), 10, dtype=np.int64)
    for place in range(body.shape[1]):
        total = (product + body[:, place] - 48) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    return np.hstack([body, ((11 - product) % 10 + 48)[:, None].astype(np.uint8)])


def id_numbers(region: Integers, birth: Integers, order: Integers) -> Codes:
    """Return identity numbers (GB 11643), (n, 18); `birth` is YYYYMMDD, `order` 0..999.

    The world gives no county in `region` (it ends in 00), and no county has issued such a number:
    every number is plainly invented although its check digit is right.
    """
    body = np.hstack([digits(region, 6), digits(birth, 8), digits(order, 3)])
    check = ID_CHECKS[(body - 48).astype(np.int64) @ ID_WEIGHTS % 11]
    return np.hstack([body, check[:, None]])
