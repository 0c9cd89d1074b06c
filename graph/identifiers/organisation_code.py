"""Organisation code 组织机构代码, GB 11714-1997: eight characters and a check character."""

import unicodedata

LENGTH = 9
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def fold(text: str) -> str:
    """Return a code as it is compared: half-width, capital, without hyphen and spaces."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in folded if not char.isspace() and char not in "-－—")


def check_character(body: str) -> str:
    """Return the ninth character for the first eight.

    >>> check_character("D2143569")
    'X'
    """
    total = sum(_VALUES.index(char) * weight for char, weight in zip(body, WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def is_valid(text: str) -> bool:
    """Return whether the check character is right; a printed hyphen is allowed."""
    code = fold(text)
    if len(code) != LENGTH or any(char not in _VALUES for char in code):
        return False
    return check_character(code[:-1]) == code[-1]
