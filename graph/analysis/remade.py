"""A certificate made again from a snapshot, and each place where the one shown says otherwise."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.analysis import (
    verify,
    verify_beneficial,
    verify_control,
    verify_controller,
    verify_ownership,
)
from graph.analysis.beneficial_certificate import beneficial_certificate
from graph.analysis.certificate import certificate
from graph.analysis.control_certificate import control_certificate
from graph.analysis.controller_certificate import controller_certificate
from graph.analysis.ownership_certificate import holdings_certificate, owners_certificate
from graph.analysis.printed import get, parts, texts
from graph.analysis.view import View
from graph.errors import CertificateError
from graph.policy.owner_rules import chosen

# By which an entry of a list is known again, wherever it stands.
_KNOWN_BY = ("uid", "company", "holder", "kind", "link", "record", "node", "group")
ABSENT = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One place: what the certificate shown says there, and what the snapshot gives.

    `where` as in `tree.children[key of a link].p`; ABSENT for what stands on one side alone.
    """

    where: str
    shown: Any
    made: Any


def _exposure(document: Mapping[str, Any], view: View) -> dict[str, Any]:
    if texts(document, "edits"):
        raise CertificateError("certificate", "edits", "suppose what is in no snapshot")
    return certificate(view, get(document, "uid", str), get(document, "hops", int))


def _shares(document: Mapping[str, Any], view: View) -> dict[str, Any]:
    if "company" not in document:
        return holdings_certificate(view, get(document, "holder", str))
    holders = [get(one, "holder", str) for one in parts(document, "systems")]
    return owners_certificate(view, get(document, "company", str), [*dict.fromkeys(holders)])


def _control(document: Mapping[str, Any], view: View) -> dict[str, Any]:
    asked = [uid for one in parts(document, "sections") for uid in texts(one, "holders")]
    if not asked:
        raise CertificateError("certificate", "sections", "name no holder")
    return control_certificate(view, asked[0])


def _controller(document: Mapping[str, Any], view: View) -> dict[str, Any]:
    return controller_certificate(view, get(document, "company", str))


def _owners(document: Mapping[str, Any], view: View) -> dict[str, Any]:
    rules = chosen(get(document, "rules", str))[0]
    return beneficial_certificate(view, get(document, "company", str), rules)


_MAKERS: Mapping[str, Callable[[Mapping[str, Any], View], dict[str, Any]]] = {
    verify.METHOD: _exposure,
    verify_ownership.METHOD: _shares,
    verify_control.METHOD: _control,
    verify_controller.METHOD: _controller,
    verify_beneficial.METHOD: _owners,
}


def remake(document: Mapping[str, Any], view: View) -> dict[str, Any]:
    """Return the certificate that the question of another gives on a view.

    Raises:
        CertificateError: it does not say what was asked, or supposes a change.
        AnalysisError: it cannot be asked there: of a party that is not in the snapshot, say.
    """
    return _MAKERS[get(document, "method", str)](document, view)


def compared(document: Mapping[str, Any], made: Mapping[str, Any]) -> list[Difference]:
    """Return every place where a certificate says something else than the one made again."""
    # As it would be read from a file: what is no JSON of its own cannot differ.
    return list(_between("", document, json.loads(json.dumps(made))))


def _between(where: str, shown: object, made: object) -> Iterator[Difference]:
    if isinstance(shown, Mapping) and isinstance(made, Mapping):
        for key in dict.fromkeys((*made, *shown)):
            place = f"{where}.{key}" if where else str(key)
            yield from _entry(place, key, shown, made)
    elif isinstance(shown, list) and isinstance(made, list):
        yield from _lists(where, shown, made)
    elif type(shown) is not type(made) or shown != made:
        yield Difference(where, shown, made)


def _entry(
    place: str, key: object, shown: Mapping[Any, Any], made: Mapping[Any, Any]
) -> Iterator[Difference]:
    if key in shown and key in made:
        yield from _between(place, shown[key], made[key])
    else:
        yield Difference(place, shown.get(key, ABSENT), made.get(key, ABSENT))


def _lists(where: str, shown: Sequence[Any], made: Sequence[Any]) -> Iterator[Difference]:
    one, other = _by_name(shown), _by_name(made)
    if one is None or other is None:
        one, other = dict(enumerate(shown)), dict(enumerate(made))
    for key in dict.fromkeys((*other, *one)):
        yield from _entry(f"{where}[{key}]", key, one, other)
    if [key for key in one if key in other] != [key for key in other if key in one]:
        yield Difference(f"{where}: order", [*one], [*other])


def _by_name(entries: Sequence[Any]) -> dict[Any, Any] | None:
    """Return the entries of a list by what they are known by; None where two are alike."""
    named = {
        "/".join(str(part[key]) for key in _KNOWN_BY if isinstance(part.get(key), str)): part
        for part in entries
        if isinstance(part, Mapping)
    }
    return named if len(named) == len(entries) and "" not in named else None
