"""Registration number 工商注册号: 15 digits with a check (GS 15-2006), or the older 13 without."""

LENGTH = 15
OLD_LENGTH = 13


def check_digit(body: str) -> str:
    """Return the 15th digit for the first 14, by ISO 7064 MOD 11,10."""
    product = 10
    for char in body:
        total = (product + int(char)) % 10
        product = (total or 10) * 2 % 11
    return str((11 - product) % 10)


def is_valid(text: str) -> bool:
    """Return whether a number can be one: 15 digits with a right check, or 13 digits."""
    if not (text.isascii() and text.isdigit()):
        return False
    if len(text) == OLD_LENGTH:
        return True
    return len(text) == LENGTH and check_digit(text[:-1]) == text[-1]
