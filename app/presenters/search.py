"""Candidates of a search as JSON; what was searched always stands with them."""

from collections.abc import Sequence

from graph.analysis.search import Candidate, ambiguous
from graph.identifiers import credit_code, region
from graph.schema.catalog import SCHEMA
from graph.snapshot.reader import Snapshot


def searched(snapshot: str) -> str:
    """Return what a search looked into, in one line."""
    return (
        "names, former names, short names, pinyin and codes of all parties in snapshot"
        f" {snapshot} were searched"
    )


def wrong_code(text: str) -> str:
    """Return what is wrong with a text that has a credit code's form; empty where nothing is."""
    code = credit_code.fold(text)
    if len(code) != credit_code.LENGTH or not code.isascii() or credit_code.is_valid(code):
        return ""
    if not any(char.isdigit() for char in code):
        return ""
    meant = credit_code.repaired(code)
    hint = f"; {meant} may be meant" if meant else ""
    return f"credit code: {code!r} has a wrong check character by GB 32100-2015{hint}"


def search_to_json(text: str, found: Sequence[Candidate], snapshot: str) -> dict[str, object]:
    """Return the answer as the command line gives it."""
    return {
        "text": text,
        "ambiguous": ambiguous(found),
        "searched": searched(snapshot),
        "candidates": [one.to_json() for one in found],
    }


def suggestion(snapshot: Snapshot, one: Candidate, language: str) -> str:
    """Return a candidate in one line: name, then what tells it from others of that name."""
    values = snapshot.node(one.uid).properties
    known = region.full_name(str(values.get("region") or ""))
    parts = (
        one.name,
        SCHEMA.node(one.label).title.to(language),
        one.context,
        known or "",
        str(values.get("state") or ""),
    )
    return " · ".join(part for part in parts if part)
