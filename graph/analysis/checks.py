"""The one door to every check of a certificate: which method it names decides who checks it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from graph.analysis import (
    verify,
    verify_beneficial,
    verify_control,
    verify_controller,
    verify_ownership,
)
from graph.analysis.printed import Verdict
from graph.errors import CertificateError

CHECKS: Mapping[str, Callable[[Mapping[str, Any]], Verdict]] = {
    verify.METHOD: verify.verify,
    verify_ownership.METHOD: verify_ownership.verify_ownership,
    verify_control.METHOD: verify_control.verify_control,
    verify_controller.METHOD: verify_controller.verify_controller,
    verify_beneficial.METHOD: verify_beneficial.verify_beneficial,
}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # The last of two values would count, and whoever reads from the top sees the first.
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, _ in pairs if [one for one, _ in pairs].count(key) > 1)
        raise CertificateError("certificate", twice, "stands twice in one object")
    return found


def read(content: bytes) -> object:
    """Return the JSON of a certificate, in UTF-8.

    The mark that some editors put at its beginning is no part of what was certified.

    Raises:
        ValueError: it is no JSON, or nested too deep to be a certificate.
        CertificateError: a name stands twice in one object.
    """
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("it is nested deeper than any certificate") from error


def check(document: object) -> Verdict:
    """Return whether every printed number follows from the others; no snapshot is needed.

    CertificateError for what is no certificate at all.
    """
    if not isinstance(document, Mapping):
        raise CertificateError("certificate", type(document).__name__, "must be a JSON object")
    method = document.get("method")
    if not isinstance(method, str) or method not in CHECKS:
        raise CertificateError("certificate", "method", f"must be one of {', '.join(CHECKS)}")
    return CHECKS[method](document)
