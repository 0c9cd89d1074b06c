"""What every check of a printed certificate shares: typed values, exact decimals, one verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from graph.errors import CertificateError

_EXPONENT = frozenset("eE")
# No certificate has a longer number or a larger count of ppm: sums of them stay exact.
_MOST_DIGITS = 100
_MOST_PPM = 10**15


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether every number follows from those below it; `checked` numbers, the first `fault`."""

    ok: bool
    checked: int
    fault: str | None = None


class Fault(Exception):  # noqa: N818 - it never leaves the checks
    """The first number that does not follow from the others."""


class Counter:
    """Counts what was checked and stops at the first fault."""

    def __init__(self) -> None:
        self.checked = 0

    def same(self, where: str, what: str, printed: object, found: object) -> None:
        """Raise Fault unless what is printed is what was found."""
        self.checked += 1
        if printed != found:
            raise Fault(f"{where}: {what} is {printed}, the numbers below it give {found}")

    def holds(self, where: str, what: str, *, true: bool) -> None:
        """Raise Fault unless it is true."""
        self.checked += 1
        if not true:
            raise Fault(f"{where}: {what}")


def get(part: Mapping[str, Any], key: str, kind: type) -> Any:  # noqa: ANN401 - JSON
    """Return a value of a kind; CertificateError where it is missing or of another."""
    value = part.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise CertificateError("certificate", key, f"must be given as {kind.__name__}")
    return value


def number(part: Mapping[str, Any], key: str) -> Decimal:
    """Return a number printed as a plain decimal; CertificateError for any other text."""
    text = get(part, key, str)
    if not _EXPONENT.isdisjoint(text):
        # Before it is read: 1e999999999 written out would be a gigabyte.
        raise CertificateError("certificate", text, f"is no plain decimal: {key}")
    if len(text) > _MOST_DIGITS:
        raise CertificateError("certificate", len(text), f"digits are more than {key} ever has")
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise CertificateError("certificate", text, f"is no number: {key}") from error
    if not value.is_finite() or f"{value:f}" != text:
        raise CertificateError("certificate", text, f"is no plain decimal: {key}")
    return value


def ppm(part: Mapping[str, Any], key: str) -> int:
    """Return a whole number of parts per million; CertificateError for what none can be."""
    value: int = get(part, key, int)
    if abs(value) > _MOST_PPM:
        raise CertificateError("certificate", key, f"must be within {_MOST_PPM} ppm")
    return value


def flag(part: Mapping[str, Any], key: str) -> bool:
    """Return whether a mark is set; where it is, it is true and nothing else."""
    if key not in part:
        return False
    if part[key] is not True:
        raise CertificateError("certificate", key, "must be true where it is given")
    return True


def texts(part: Mapping[str, Any], key: str) -> list[str]:
    """Return a list of texts; CertificateError for anything else in it."""
    found = get(part, key, list)
    if not all(isinstance(one, str) for one in found):
        raise CertificateError("certificate", key, "must be a list of texts")
    return list(found)


def parts(part: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return a list of objects; CertificateError for anything else in it."""
    found = get(part, key, list)
    for one in found:
        if not isinstance(one, Mapping):
            raise CertificateError("certificate", key, "must be a list of objects")
    return list(found)
