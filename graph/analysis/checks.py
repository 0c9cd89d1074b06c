"""The one door to every check of a certificate: which method it names decides who checks it."""

from collections.abc import Callable, Mapping
from typing import Any

from graph.analysis import verify, verify_beneficial, verify_control, verify_ownership
from graph.analysis.printed import Verdict
from graph.errors import CertificateError

CHECKS: Mapping[str, Callable[[Mapping[str, Any]], Verdict]] = {
    verify.METHOD: verify.verify,
    verify_ownership.METHOD: verify_ownership.verify_ownership,
    verify_control.METHOD: verify_control.verify_control,
    verify_beneficial.METHOD: verify_beneficial.verify_beneficial,
}


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
