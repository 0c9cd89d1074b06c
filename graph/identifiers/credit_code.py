"""Unified social credit code 统一社会信用代码, GB 32100-2015."""

import unicodedata

from graph.errors import IdentifierError
from graph.identifiers import organisation_code

# Digits and capital letters without I, O, S, V, Z (GB 32100-2015, 4.1).
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
# 3**place modulo 31 for the first 17 characters (GB 32100-2015, annex A).
WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
# Characters 9 to 17 are the organisation code.
ORGANISATION = slice(8, 17)
_LOOK_ALIKE = str.maketrans("OISZ", "0152")
# Registering departments that the standard and its amendments know (domain.md 2.1).
DEPARTMENTS = "123456789ANY"


def fold(text: str) -> str:
    """Return a code as it is compared: half-width, capital, without spaces and hyphens."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in folded if not char.isspace() and char != "-")


def check_character(body: str) -> str:
    """Return the 18th character for the first 17.

    Raises:
        IdentifierError: the body has another length or a character outside the alphabet.
    """
    if len(body) != LENGTH - 1 or any(char not in ALPHABET for char in body):
        raise IdentifierError("credit code", body, f"must be {LENGTH - 1} of {ALPHABET}")
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % len(ALPHABET)]


def is_valid(text: str) -> bool:
    """Return whether a code stands in the standard's form with both check characters right.

    >>> is_valid("914403001922038216"), is_valid("N2440705MF1700011L")
    (True, True)
    """
    code = fold(text)
    if len(code) != LENGTH or any(char not in ALPHABET for char in code):
        return False
    if code[0] not in DEPARTMENTS or not code[2:8].isdigit():
        return False
    return check_character(code[:-1]) == code[-1] and organisation_code.is_valid(code[ORGANISATION])


def repaired(text: str) -> str | None:
    """Return the valid code that was meant where O, I, S or Z stands for the digit it looks like.

    The standard keeps these letters out of codes for that reason; None where that is no code.

    >>> repaired("9144O3OO1922O38216"), repaired("914403001922038217")
    ('914403001922038216', None)
    """
    code = fold(text).translate(_LOOK_ALIKE)
    return code if is_valid(code) else None


def organisation_part(text: str) -> str:
    """Return the organisation code inside a credit code."""
    return fold(text)[ORGANISATION]
