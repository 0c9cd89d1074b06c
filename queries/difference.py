"""What a run of a batch says that the run before it did not, and the other way round."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from queries.journal import Entry
from queries.output import plain

ADDED, REMOVED, NEW_ITEM, GONE_ITEM = "added", "removed", "new_item", "gone_item"
NOT_COMPARED = "not_compared"
# All rows of these are known: of what was cut off or failed no row can be said to be gone or new.
_WHOLE = {"ok", "empty"}
# The day of a question moves from run to run; it is the same question.
_MOVES = "as_of"


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is there now and was not, or was and is not; an item that only one run has whole.

    An item that both have and one not whole is said to be NOT_COMPARED.
    """

    item: str
    change: str
    row: Mapping[str, object]


def difference(before: Mapping[str, Entry], now: Iterable[Entry]) -> list[Change]:
    """Return the changes by item, in the order of the present run.

    Items are the same by name, query and parameters but for the day; one that failed or was cut
    off in either run is not compared, and said so: what is not known is no change.
    """
    earlier = {_question(entry): entry for entry in before.values()}
    found: list[Change] = []
    for entry in now:
        old = earlier.pop(_question(entry), None)
        if old is None:
            found.append(Change(entry.done.name, NEW_ITEM, {}))
        elif {old.done.state, entry.done.state} <= _WHOLE:
            found += _changes(old, entry)
        else:
            found.append(Change(entry.done.name, NOT_COMPARED, {}))
    return found + [Change(old.done.name, GONE_ITEM, {}) for old in earlier.values()]


def _question(entry: Entry) -> str:
    params = {name: value for name, value in entry.done.params.items() if name != _MOVES}
    parts = [entry.done.name, entry.done.query, entry.done.query_sha256, params]
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)


def _changes(old: Entry, new: Entry) -> Iterator[Change]:
    then, today = _counted(old), _counted(new)
    for text in (today - then).elements():
        yield Change(new.done.name, ADDED, json.loads(text))
    for text in (then - today).elements():
        yield Change(new.done.name, REMOVED, json.loads(text))


def _counted(entry: Entry) -> Counter[str]:
    """Return the rows as texts, counted; their order says nothing."""
    return Counter(
        json.dumps(
            dict(zip(entry.columns, map(plain, row), strict=True)), ensure_ascii=False, default=str
        )
        for row in entry.rows
    )
