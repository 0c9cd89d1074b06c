"""What stores share about statements: the refusal of writing words, the size of batches."""

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from graph.errors import StoreError

T = TypeVar("T")

# Rows a statement: 5,000 maps are a few megabytes, and both engines are at their best there.
ROWS_A_STATEMENT = 5_000
# Nodes a delete: each takes its links along, and a transaction must fit in the server's memory.
NODES_A_DELETE = 1_000
SHOWN_CHARACTERS = 300

# What only looks like words: strings, quoted names, comments, parameters, property names.
_QUOTED = re.compile(
    r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|//[^\n]*|/\*.*?\*/|\$\w+|\.\s*\w+|:\s*\w+",
    re.DOTALL,
)
_WRITING = re.compile(
    r"\b(CREATE|MERGE|INSERT|SET|DELETE|DETACH|REMOVE|DROP|ALTER|GRANT|DENY|REVOKE|FOREACH|LOAD"
    r"|TERMINATE)\b(?!\s*:)",
    re.IGNORECASE,
)


def refuse_writing(cypher: str) -> None:
    """Refuse a statement with a writing word; engines that heed no read mode need it.

    Raises:
        StoreError: names the word.
    """
    found = _WRITING.search(_QUOTED.sub(" ", cypher))
    if found:
        raise StoreError("statement", shown(cypher), f"writes ({found[1].upper()}); reads only")


def shown(cypher: str) -> str:
    """Return as much of a statement as an error message bears."""
    return cypher if len(cypher) <= SHOWN_CHARACTERS else f"{cypher[:SHOWN_CHARACTERS]}…"


def chunks(rows: Sequence[T], size: int = ROWS_A_STATEMENT) -> Iterator[Sequence[T]]:
    """Yield the rows in order, at most `size` at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
