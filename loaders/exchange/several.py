"""Properties of FollowTheMoney with several values: which of them contradict, what is said beside.

A property is a list in that model. Where all its values may hold, none is lost; where only one can
and it tells who or when, the row is refused: taking the first would make it a fact.
"""

from collections.abc import Iterable

from graph.identifiers import credit_code, registration_number
from loaders.exchange.statements import Cells, Object

_YEAR, _DAY = 4, 10
# How many characters of a date are taken: of a person the year of birth alone.
_PARTY_DATES = {"birthDate": _YEAR, "incorporationDate": _DAY, "dissolutionDate": _DAY}
_LINK_DATES = {"startDate": _DAY, "endDate": _DAY}
# What tells persons from each other is not taken over, nor where they live.
_OF_PERSONS = ("name", "alias", "weakAlias", "nationality", "citizenship", "country")
_OF_OTHERS = (
    *("name", "alias", "weakAlias", "jurisdiction", "country", "uscCode", "registrationNumber"),
    *("ogrnCode", "legalForm", "incorporationDate", "dissolutionDate", "address"),
)
_OF_LINKS = ("role", "startDate", "endDate")
# Registers outside the mainland number otherwise, and one company may stand in several.
_REGISTERED = 15


def all_of(values: Object, name: str) -> list[str]:
    """Return the values of a property as texts, each once."""
    found = values.get(name)
    listed = found if isinstance(found, list) else [found]
    # What is neither text nor number says nothing.
    texts = (str(one).strip() for one in listed if isinstance(one, str | int | float))
    return [*dict.fromkeys(one for one in texts if one)]


def date_of(values: Object, name: str) -> str | None:
    """Return the finest of the dates that a property gives."""
    return max(all_of(values, name), key=len, default=None)


def codes_of(values: Object) -> list[str]:
    """Return the valid credit codes, each once."""
    codes = (credit_code.fold(one) for one in all_of(values, "uscCode"))
    return [*dict.fromkeys(one for one in codes if credit_code.is_valid(one))]


def numbers_of(values: Object) -> list[str]:
    """Return the registration numbers, those of the form of the mainland first."""
    found = [*all_of(values, "registrationNumber"), *all_of(values, "ogrnCode")]
    return sorted(found, key=lambda one: one not in _mainland(found))


def _mainland(numbers: Iterable[str]) -> list[str]:
    return [one for one in numbers if len(one) == _REGISTERED and registration_number.is_valid(one)]


def contradiction(values: Object, *, link: bool) -> str | None:
    """Return the rule that values of one property break together; None where all may hold.

    >>> contradiction({"birthDate": ["1980", "1980-02-01"]}, link=False)
    >>> contradiction({"endDate": ["2020-01-01", "2021"]}, link=True)
    'gives several values of endDate (2020-01-01, 2021): which one holds nobody can say'
    """
    told = {}
    for name, length in (_LINK_DATES if link else _PARTY_DATES).items():
        given = [*dict.fromkeys(one[:length] for one in all_of(values, name))]
        finest = max(given, key=len, default="")
        if not all(finest.startswith(one) for one in given):
            told[name] = given
    if not link:
        told |= {"uscCode": codes_of(values)}
        told |= {"registrationNumber": _mainland(all_of(values, "registrationNumber"))}
    for name, given in told.items():
        if len(given) > 1:
            listed = ", ".join(given)
            return f"gives several values of {name} ({listed}): which one holds nobody can say"
    return None


def beside(values: Object, cells: Cells, *, person: bool = False, link: bool = False) -> Cells:
    """Return the values of properties of which the cells of a row do not say all.

    They stay at the row in columns of their own, as a department's undeclared columns do.
    """
    said = {part for cell in cells.values() for part in str(cell).split("|")}
    names = _OF_LINKS if link else _OF_PERSONS if person else _OF_OTHERS
    given = {name: all_of(values, name) for name in names}
    return {f"ftm:{name}": "|".join(found) for name, found in given.items() if {*found} - said}
