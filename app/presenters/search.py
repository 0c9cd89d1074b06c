"""Candidates of a search as JSON; what was searched always stands with them."""

from collections.abc import Sequence

from graph.analysis.search import Candidate, ambiguous


def searched(snapshot: str) -> str:
    """Return what a search looked into, in one line."""
    return (
        "names, former names, short names, pinyin and codes of all parties in snapshot"
        f" {snapshot} were searched"
    )


def search_to_json(text: str, found: Sequence[Candidate], snapshot: str) -> dict[str, object]:
    """Return the answer as the command line gives it."""
    return {
        "text": text,
        "ambiguous": ambiguous(found),
        "searched": searched(snapshot),
        "candidates": [one.to_json() for one in found],
    }
