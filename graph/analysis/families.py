"""Whose family each party belongs to: those with one ultimate controller are kin (method 6)."""

from collections.abc import Sequence

from graph.analysis.controller import controller
from graph.analysis.view import View


def families(view: View, organisations: Sequence[str]) -> dict[str, str]:
    """Return the ultimate controller by uid: of each organisation that has one, and its own.

    A closed ring and those who only together control have no head that the rules name.

    Raises:
        AnalysisError: an unknown party.
    """
    named = {uid: controller(view, uid).controller for uid in organisations}
    found = {uid: head for uid, head in named.items() if head is not None}
    # Who heads others stands in its own family.
    return found | {head: head for head in found.values() if head not in found}
