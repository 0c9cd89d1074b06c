"""Check what every certificate says beside its numbers: notice, snapshot, day, one name a party."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from graph.analysis.printed import Counter, get
from graph.errors import CertificateError

_PARTIES = ("uid", "node", "holder", "company")


def head(counter: Counter, document: Mapping[str, Any], notice: str) -> None:
    """Check that a certificate bears its notice, and names a snapshot and a day.

    CertificateError where one is missing or no day.
    """
    counter.same("certificate", "notice", get(document, "notice", str), notice)
    counter.holds("certificate", "no snapshot is named", true=get(document, "snapshot", str) != "")
    day = get(document, "as_of", str)
    try:
        counter.same("certificate", "as_of", day, date.fromisoformat(day).isoformat())
    except ValueError as error:
        raise CertificateError("certificate", day, "is no day as 2026-11-23: as_of") from error


def inside(
    counter: Counter, outer: Mapping[str, Any], inner: Mapping[str, Any], method: str
) -> None:
    """Check that a certificate inside another has its method, and the same snapshot and day."""
    counter.same("certificate inside", "method", get(inner, "method", str), method)
    for name in ("snapshot", "as_of"):
        counter.same("certificate inside", name, get(inner, name, str), get(outer, name, str))


def _objects(document: object) -> Iterator[Mapping[str, Any]]:
    # A stack and no recursion: whoever hands in a deep document is answered too.
    waiting = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            yield part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def names(counter: Counter, document: Mapping[str, Any]) -> None:
    """Check that a party has one name wherever it is named."""
    found: dict[str, str] = {}
    for part in _objects(document):
        uid = next((part[key] for key in _PARTIES if key in part), None)
        if "name" in part and isinstance(uid, str):
            name = get(part, "name", str)
            counter.same(f"party {uid}", "name", name, found.setdefault(uid, name))
