"""Citizen identity number 公民身份号码, GB 11643-1999, and residence permits of the same form."""

import re
import unicodedata
from datetime import date

from graph.identifiers import credit_code, registration_number
from graph.identifiers.identity import mask_identity

LENGTH = 18
OLD_LENGTH = 15
# 2**(17 - place) modulo 11 (GB 11643-1999, ISO 7064 MOD 11-2).
WEIGHTS = tuple(pow(2, LENGTH - 1 - place, 11) for place in range(LENGTH - 1))
CHECKS = "10X98765432"
# What may be a number within other words: no letter or digit beside it. People type it in groups,
# and full-width where the line is Chinese.
_DIGIT, _GAP = "[0-9０-９]", r"[ \u00a0\u3000-]?"
_WITHIN = re.compile(
    rf"(?<![0-9A-Za-z０-９])(?:{_DIGIT}{{6}}{_GAP}{_DIGIT}{{4}}{_GAP}{_DIGIT}{{4}}{_GAP}"
    rf"{_DIGIT}{{3}}[0-9０-９XxＸｘ]|{_DIGIT}{{6}}{_GAP}{_DIGIT}{{6}}{_GAP}{_DIGIT}{{3}})"
    r"(?![0-9A-Za-z０-９])"
)
_CENTURIES = ("19", "20")
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


def is_plausible(text: str) -> bool:
    """Return whether a number has the form of one, old or new: region and date, whatever its check.

    A number of which one digit was mistyped still tells who is meant.

    >>> is_plausible("110105194912310021"), is_plausible("130503670401002")
    (True, True)
    """
    old = len(text) == OLD_LENGTH
    body, born = (text, "19" + text[6:12]) if old else (text[:-1], text[6:14])
    if len(text) not in (OLD_LENGTH, LENGTH) or not (body.isascii() and body.isdigit()):
        return False
    if text[-1] not in CHECKS or text[:2] not in REGIONS:
        return False
    return born.startswith(_CENTURIES) and _is_date(born)


def masked(text: str) -> str:
    """Return a text as it may be shown or handed on: of a number, alone or within words, its mask.

    >>> masked("130503670401001"), masked("身份证130503670401002。")
    ('130503********0016', '身份证130503********1002。')
    """
    number = full(text)
    return masked_in(text) if number is None else mask_identity(number)


def masked_in(text: str) -> str:
    """Return a text with everything in it that has the form of a number behind its mask.

    What its own check proves to be a credit code or a registration number stays.

    >>> masked_in("证件11010519491231002X号、110105 19491231 0021")
    '证件110105********002X号、110105********0021'
    """
    return _WITHIN.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    folded = unicodedata.normalize("NFKC", found.group())
    number = "".join(char for char in folded.upper() if char.isalnum())
    other = registration_number.is_valid(number) or credit_code.is_valid(number)
    kept = not is_valid(number) and (other or not is_plausible(number))
    return found.group() if kept else mask_identity(number[:-1] + folded[-1])


def _is_date(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True
