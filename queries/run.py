"""Running a query: parameters by its card, the guard, the store; and what came of it."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from graph.errors import StoreError
from graph.protocol import GraphStore
from queries.card import MOST_INTEGER, Query
from queries.guard import check_cypher, tokens

# The parameter that bounds the rows of a named query.
_LIMIT = "limit"
# One that a statement ends in; of what begins with 0 engines make what they like.
_WRITTEN_LIMIT = re.compile(r"\b(LIMIT\s+)([1-9][0-9]*)(\s*;?\s*)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of one query: `more` says that there were others beyond `limit`."""

    query: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    more: bool
    limit: int
    seconds: float
    params: Mapping[str, object]
    snapshot: str | None

    def dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dicts, column order kept."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def run_query(
    store: GraphStore,
    query: Query,
    params: Mapping[str, object],
    *,
    limit: int,
    timeout: timedelta,
) -> Answer:
    """Run a named query; at most `limit` rows.

    Raises:
        QueryError: a parameter breaks the card, or the text is no bounded read.
        StoreError: the store refuses, or holds no snapshot, or another one in the end;
            StoreTimeoutError after `timeout`.
    """
    values = query.values(dict(params))
    check_cypher(query.text)
    try:
        answer = _run(store, query.id, query.text, values, limit, timeout)
    except StoreError as error:
        # The text of a named query begins with its card: its name tells more.
        told = str(error.value)
        value = query.id if told and query.text.startswith(told) else error.value
        raise type(error)(error.thing, value, error.rule) from error
    # An engine that found no row may not say what its columns would have been.
    return answer if answer.columns else replace(answer, columns=query.columns)


def run_text(
    store: GraphStore,
    cypher: str,
    params: Mapping[str, object],
    *,
    limit: int,
    timeout: timedelta,
) -> Answer:
    """Run a person's own Cypher. Errors as run_query; QueryError where the guard refuses."""
    check_cypher(cypher)
    return _run(store, "own", cypher, dict(params), limit, timeout)


def _one_more(
    cypher: str, params: dict[str, object], limit: int
) -> tuple[str, dict[str, object], int]:
    """Return what to ask, the parameters to ask with, and how many rows are shown.

    What ends in LIMIT $limit or in LIMIT and a number is asked for one row more: as many rows as
    the limit would else look like all there are. Of statements that UNION joins each has a limit
    of its own.
    """
    words = ["", "", "", *(one.text.upper() for one in tokens(cypher) if one.text != ";")]
    most, name = params.get(_LIMIT), _LIMIT.upper()
    if "UNION" in words:
        return cypher, params, limit
    written = _WRITTEN_LIMIT.search(cypher)
    if written and words[-2:] == ["LIMIT", written[2]] and (own := int(written[2])) < MOST_INTEGER:
        asked = f"{cypher[: written.start(2)]}{own + 1}{written[3]}"
        return asked, params, min(limit, own)
    whole = words[-3:] == ["LIMIT", "$", name] and name not in words[:-3]
    if not whole or not isinstance(most, int) or isinstance(most, bool) or most < 0:
        return cypher, params, limit
    return cypher, {**params, _LIMIT: min(most, MOST_INTEGER - 1) + 1}, min(limit, most)


def _run(
    store: GraphStore,
    name: str,
    cypher: str,
    params: dict[str, object],
    limit: int,
    timeout: timedelta,
) -> Answer:
    held = store.holds()
    if held is None:
        # Empty or half written: that nothing is found there would say nothing.
        raise StoreError("graph store", None, "holds no whole snapshot; load again to publish one")
    text, asked, most = _one_more(cypher, params, limit)
    begun = time.monotonic()
    rows = store.rows(text, asked, limit=most, timeout=timeout)
    seconds = time.monotonic() - begun
    if (now := store.holds()) != held:
        raise StoreError("graph store", now, f"replaced snapshot {held} meanwhile; ask again")
    return Answer(name, rows.columns, rows.rows, rows.more, most, seconds, params, held)
