"""Which rule of its kind a code breaks that stands for an organisation and is none."""

from graph.identifiers import credit_code, organisation_code, registration_number

# The rules, in the order in which a code is read.
LENGTH, CHARACTER, HEAD, INNER, CHECK = "length", "character", "head", "inner", "check"
FAULTS = (LENGTH, CHARACTER, HEAD, INNER, CHECK)


def fault(text: str) -> str | None:
    """Return the first rule (FAULTS) that a code breaks; None where it is valid as one of a kind.

    Its length says of which kind it is: 18 a credit code, 9 an organisation code, 15 digits a
    registration number; 13 digits are an older one, which has no check.

    >>> fault("914403001922038216"), fault("9.1E+17"), fault("91440300192203821O")
    (None, 'length', 'character')
    >>> fault("914403001922038217"), fault("914403001922038316"), fault("D21435690")
    ('check', 'inner', 'check')
    """
    code = credit_code.fold(text)
    if len(code) == credit_code.LENGTH:
        return _of_credit_code(code)
    if len(code) == organisation_code.LENGTH:
        if not (code.isascii() and code.isalnum()):
            return CHARACTER
        return None if organisation_code.is_valid(code) else CHECK
    if registration_number.is_valid(code):
        return None
    numbered = len(code) == registration_number.LENGTH and code.isascii() and code.isdigit()
    return CHECK if numbered else LENGTH


def _of_credit_code(code: str) -> str | None:
    if any(char not in credit_code.ALPHABET for char in code):
        return CHARACTER
    if code[0] not in credit_code.DEPARTMENTS or not code[2:8].isdigit():
        return HEAD
    if not organisation_code.is_valid(code[credit_code.ORGANISATION]):
        return INNER
    return None if credit_code.check_character(code[:-1]) == code[-1] else CHECK
