"""Citizen identity number 公民身份号码, GB 11643-1999, and residence permits of the same form."""

import re
from datetime import date

from graph.identifiers.identity import mask_identity

LENGTH = 18
OLD_LENGTH = 15
# 2**(17 - place) modulo 11 (GB 11643-1999, ISO 7064 MOD 11-2).
WEIGHTS = tuple(pow(2, LENGTH - 1 - place, 11) for place in range(LENGTH - 1))
CHECKS = "10X98765432"
# What may be a number within other words: no letter or digit beside it.
_WITHIN = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
# First two digits: provinces, and 81, 82, 83 for residents of Hong Kong, Macao, Taiwan.
REGIONS = frozenset(
    str(code)
    for first, last in (
        (11, 15),
        (21, 23),
        (31, 37),
        (41, 46),
        (50, 54),
        (61, 65),
        (71, 71),
        (81, 83),
    )
    for code in range(first, last + 1)
)


def check_character(body: str) -> str:
    """Return the 18th character for 17 digits."""
    return CHECKS[
        sum(int(char) * weight for char, weight in zip(body, WEIGHTS, strict=True)) % len(CHECKS)
    ]


def full(text: str) -> str | None:
    """Return the valid 18-character number, one of 15 digits lengthened; None for any other.

    >>> full("130503670401001")
    '130503196704010016'
    """
    number = text.strip().upper()
    if len(number) == OLD_LENGTH and number.isascii() and number.isdigit():
        body = number[:6] + "19" + number[6:]
        number = body + check_character(body)
    return number if is_valid(number) else None


def is_valid(text: str) -> bool:
    """Return whether an 18-character number has a known region, a real date and a right check.

    The county is not looked up: numbers outlive the counties that issued them.
    """
    body = text[:-1]
    if len(text) != LENGTH or not (body.isascii() and body.isdigit()):
        return False
    if text[:2] not in REGIONS or not _is_date(text[6:14]):
        return False
    return check_character(body) == text[-1]


def masked_in(text: str) -> str:
    """Return a text with every valid number of 18 characters in it behind its mask.

    >>> masked_in("证件11010519491231002X号")
    '证件110105********002X号'
    """

    def mask(found: re.Match[str]) -> str:
        number = found.group()
        return mask_identity(number) if is_valid(number.upper()) else number

    return _WITHIN.sub(mask, text)


def _is_date(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True
