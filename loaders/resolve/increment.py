"""Resolution goes on from what is known: only mentions that share a value with new ones again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from loaders.pool import at_once, in_pool
from loaders.resolve.again import organisations_again, persons_again, persons_by_themselves
from loaders.resolve.clusters import FOUND
from loaders.resolve.forms import Places
from loaders.resolve.judgements import Judgement, ends, gone
from loaders.resolve.keys import KEYED, Indexes, judged_keys
from loaders.resolve.known import Known
from loaders.resolve.mentions import COLUMNS, Mentions
from loaders.resolve.pieces import in_pieces, rows_at
from loaders.resolve.said import Task, new_forms
from loaders.resolve.views import Room, room

# What a change of a mention's party tells of it.
CHANGED = ("record_id", "role", "uid", "rule")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is known now; `changed` are the mentions (CHANGED) whose party or rule is new.

    `was` are the same mentions as they were known before, without those that are new. `other`
    are the places, before and now, of the known mentions of which anything found is new.
    """

    known: Known
    changed: pl.DataFrame
    was: pl.DataFrame
    other: pl.Series


def resolve_after(before: Known, more: Mentions, judgements: Sequence[Judgement]) -> Resolved:
    """Return what `clusters` finds of all mentions together, looking at few of them again.

    `more` are mentions of records that were not known. A mention's party follows
    from the mentions that it is connected with (loaders/resolve/keys.py): those that new mentions
    or changed judgements touch are resolved with them, all others are as they were.
    """
    return in_pool(lambda: _resolved(before, more, judgements))


def _resolved(before: Known, more: Mentions, judgements: Sequence[Judgement]) -> Resolved:
    rows, new = _appended(before.rows, more)
    start = before.frame.height
    frame = pl.concat([before.frame.select(list(COLUMNS)), new.select(list(COLUMNS))])
    judged, touched = _judged(before, frame, judgements)
    task = Task(before, new.with_row_index("place", start), frame, judgements, judged, touched)
    # Columns as long as all mentions take memory that is fresh, and that takes its time.
    said, rooms = at_once(lambda: new_forms(task), lambda: _rooms(before.frame, new.height))
    organisations, asked = at_once(
        lambda: organisations_again(task, said), lambda: persons_by_themselves(task, said.form)
    )
    persons = persons_again(task, organisations.found, asked)
    again = pl.concat([organisations.found, persons.found])
    again_or_renamed = pl.concat([again, persons.as_were])
    found, changes = _changed(before.frame, frame, again_or_renamed, rooms)
    indexes = Indexes(
        before.indexes.forms.with_part(organisations.keyed),
        before.indexes.persons.with_part(persons.keyed),
    )
    denied = [*organisations.denied, *persons.denied]
    now = Known(
        frame=found,
        rows=rows,
        overused={**organisations.held, **persons.held},
        judgements=tuple(judgements),
        vetoed=_vetoed(before, again["mention"], judgements, denied),
        forms=pl.concat([before.forms, said.table]),
        form=pl.concat([before.form, said.form]),
        indexes=indexes,
    )
    return Resolved(now, *changes)


def _rooms(before: pl.DataFrame, more: int) -> Mapping[str, Room]:
    return {name: room(before[name], more) for name in FOUND}


def _changed(
    before: pl.DataFrame, frame: pl.DataFrame, again: pl.DataFrame, rooms: Mapping[str, Room]
) -> tuple[pl.DataFrame, tuple[pl.DataFrame, pl.DataFrame, pl.Series]]:
    """Return the mentions as they are known now, and what Resolved tells of its changes.

    Former mentions keep their places, new ones come last. Most of them are as they were, and
    nothing that mentions say is copied. `rooms` are the columns FOUND, to be written over.
    """
    again = again.sort("mention")
    mentions = again["mention"].to_numpy()
    columns, changes = at_once(
        lambda: [rooms[name].written(mentions, again[name]) for name in FOUND],
        lambda: _changes(before, frame, again),
    )
    return frame.with_columns(in_pieces(columns, frame["own_uid"])), changes


def _changes(
    before: pl.DataFrame, frame: pl.DataFrame, again: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    """Return what Resolved tells of mentions that were resolved `again`, ascending."""
    known = int(again["mention"].search_sorted(before.height))
    again, fresh = again[:known], again[known:]
    places = again["mention"]
    was = rows_at(before.select(list(FOUND)), places.to_numpy())
    both = again.select(*FOUND, *(was[name].alias(f"{name}_was") for name in FOUND))
    other = (pl.col(name).ne_missing(pl.col(f"{name}_was")).alias(name) for name in FOUND)
    differs = {column.name: column.to_numpy() for column in both.select(*other)}

    changed = np.logical_or.reduce(list(differs.values()))
    mask = pl.Series(np.logical_or.reduce([differs[name] for name in FOUND if name in CHANGED]))
    there = rows_at(frame.select("record_id", "role"), places.filter(mask).to_numpy())
    now = there.with_columns(again["uid"].filter(mask), again["rule"].filter(mask))
    then = there.with_columns(was["uid"].filter(mask), was["rule"].filter(mask))
    added = frame.select("record_id", "role")[before.height :].with_columns(fresh["uid", "rule"])
    return pl.concat([now, added]), then, places.filter(pl.Series(changed))


def _appended(
    rows: Mapping[str, pl.DataFrame], more: Mentions
) -> tuple[Mapping[str, pl.DataFrame], pl.DataFrame]:
    """Return the rows of both, new ones last, and the new mentions with their places there."""
    whole = dict(rows)
    for code, part in more.rows.items():
        whole[code] = pl.concat([rows[code], part], how="diagonal") if code in rows else part
    before = {code: frame.height for code, frame in rows.items()}
    offset = pl.col("resource").replace_strict(before, default=0, return_dtype=pl.UInt32)
    return whole, more.frame.with_columns(pl.col("at") + offset)


def _judged(
    before: Known, frame: pl.DataFrame, judgements: Sequence[Judgement]
) -> tuple[pl.DataFrame, Places]:
    """Return (key, place) of mentions that judgements connect, and those of changed judgements."""
    wanted = ends([*before.judgements, *judgements])
    if not wanted:
        return pl.DataFrame(schema=KEYED), np.zeros(0, np.uint32)
    own = frame.select("own_uid").with_row_index("place")
    own = own.filter(own["own_uid"].is_in(wanted))
    changed = ends(set(before.judgements) ^ set(judgements))
    touched = own.filter(own["own_uid"].is_in(changed), own["place"] < before.frame.height)
    return judged_keys(own, judgements), touched["place"].to_numpy()


def _vetoed(
    before: Known,
    looked_at: pl.Series,
    judgements: Sequence[Judgement],
    denied: Sequence[Judgement],
) -> tuple[Judgement, ...]:
    """Return the judgements that are denied: as before where nobody looked, as found elsewhere."""
    if not before.vetoed:
        return tuple(denied)
    wanted = sorted({one.one for one in before.vetoed})
    everybody = before.frame.lazy().select("own_uid").with_row_index("place")
    named = everybody.filter(pl.col("own_uid").is_in(wanted)).collect()
    untouched = set(named.filter(~pl.col("place").is_in(looked_at.implode()))["own_uid"])
    still = set(judgements)
    as_before = [one for one in before.vetoed if one.one in untouched and one in still]
    return (*as_before, *denied)


def without_effect(found: Known) -> tuple[int, int]:
    """Return how many judgements are denied, and how many are on parties that are gone."""
    missing = gone(found.judgements, found.frame["own_uid"]) if found.judgements else ()
    return len(found.vetoed), len(missing)
