"""Resolution goes on from what is known: only mentions that share a value with new ones again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from loaders.resolve.clusters import (
    FOUND,
    LIMITS,
    PERSON,
    Clusters,
    Overused,
    found_organisations,
    found_persons,
)
from loaders.resolve.judgements import Judgement, gone
from loaders.resolve.keys import KEYS, holding, judged_keys, organisation_keys, person_keys
from loaders.resolve.mentions import COLUMNS, Mentions
from loaders.resolve.overused import overused, without

# A mention and what was found of it.
KNOWN: dict[str, type[pl.DataType]] = {**COLUMNS, **FOUND}
# A licence joins a person together with the name alone: of those who hold the same one not all
# share a key. All other values that may be overused are keys.
_NO_KEY = f"{PERSON}licence_number"


@dataclass(frozen=True, slots=True)
class Known:
    """All mentions with what resolution found, columns KNOWN in any order, and by which inputs.

    `rows` as in Mentions: a mention stands in row `at` of those of its resource.
    """

    frame: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]
    overused: Overused
    judgements: tuple[Judgement, ...]
    vetoed: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is known now; `changed` are the mentions (columns KNOWN) whose party or rule is new.

    `was` are the same mentions as they were known before, without those that are new. `looked_at`
    are the places, before and now, of the known mentions that were resolved again.
    """

    known: Known
    changed: pl.DataFrame
    was: pl.DataFrame
    looked_at: pl.Series


def known(mentions: Mentions, clusters: Clusters, judgements: Sequence[Judgement]) -> Known:
    """Return what a resolution of everything found, for the next one to go on from."""
    frame = pl.concat([mentions.frame, clusters.frame], how="horizontal").select(list(KNOWN))
    return Known(frame, mentions.rows, clusters.overused, tuple(judgements), clusters.vetoed)


def resolve_after(before: Known, more: Mentions, judgements: Sequence[Judgement]) -> Resolved:
    """Return what `clusters` finds of all mentions together, looking at few of them again.

    `more` are mentions of records that were not known. A mention's party follows
    from the mentions of its component alone (loaders/resolve/keys.py): those that new mentions or
    changed judgements touch are resolved with them, all others are as they were.
    """
    rows, new = _appended(before.rows, more)
    ends = _changed_ends(before.judgements, judgements)
    task = _Task(before, new, _overused_licences(before, new), judgements, ends)
    organisations = _organisations(task)
    persons = _persons(task, organisations.found)
    again = pl.concat([organisations.found, persons.found])
    held = {**organisations.held, **persons.held}
    frame, changed = _changed(before.frame, again)
    denied = [*organisations.denied, *persons.denied]
    vetoed = _vetoed(before, again["place"], judgements, denied)
    return Resolved(
        Known(frame, rows, held, tuple(judgements), vetoed),
        changed.select(list(KNOWN)),
        before.frame[changed["place"].drop_nulls()],
        again["place"].drop_nulls(),
    )


def _changed(before: pl.DataFrame, again: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the mentions as they are known now, and which of `again` are of another party or rule.

    Former mentions keep their places, new ones come last. Most columns are as they were: what
    mentions say does not change, and nothing of them is copied.
    """
    fresh = again["place"].is_null()
    looked_at = again.filter(~fresh)
    places = looked_at["place"]
    order = np.arange(before.height)
    order[places.to_numpy()] = np.arange(before.height, before.height + places.len())
    columns = {name: before[name] for name in KNOWN}
    differs = np.zeros(places.len(), np.bool_)
    for name in FOUND:
        now, was = looked_at[name], before[name].gather(places)
        other = now.ne_missing(was).to_numpy()
        if other.any():
            columns[name] = pl.concat([columns[name], now]).gather(order)
        if name in {"uid", "rule"}:
            differs |= other
    mask = np.ones(again.height, np.bool_)
    mask[(~fresh).to_numpy()] = differs
    frame = pl.concat([pl.DataFrame(columns), again.filter(fresh).select(list(KNOWN))])
    return frame, again.filter(pl.Series(mask))


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


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be resolved: mentions before, new ones, and by which rules.

    `licences` are those of persons that are overused now, `ends` the uids of judgements that are
    new or gone.
    """

    before: Known
    new: pl.DataFrame
    licences: pl.Series
    judgements: Sequence[Judgement]
    ends: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Part:
    """Mentions that were resolved again: `place` before (null: new) and columns KNOWN.

    `held` are the values of their kind that are overused now.
    """

    found: pl.DataFrame
    denied: list[Judgement]
    held: Overused


def _overused_licences(before: Known, new: pl.DataFrame) -> pl.Series:
    """Return the licences of persons that are overused now: what was too much stays so."""
    column = _NO_KEY.removeprefix(PERSON)
    held = new.filter("person").select(column, "name_key").drop_nulls(column)
    if not held.height:
        return before.overused[_NO_KEY]
    same = pl.col(column).is_in(held[column].unique().implode())
    there = before.frame.lazy().filter("person", same).select(column, "name_key").collect()
    return _more_overused(before, _NO_KEY, pl.concat([held, there]))


def _more_overused(before: Known, column: str, frame: pl.DataFrame) -> pl.Series:
    """Return the overused values of a column: those before, and those that are so in `frame`."""
    more = overused(frame, column.removeprefix(PERSON), LIMITS[column])
    return pl.concat([before.overused[column], more]).unique().sort()


def _overused(task: _Task, frame: pl.DataFrame, *, person: bool) -> dict[str, pl.Series]:
    """Return the overused values of one kind of mentions.

    Whoever holds a value that has become too common shares it with a new mention: all of them are
    in `frame`.
    """
    found = {}
    for column in LIMITS:
        if column.startswith(PERSON) == person:
            scanned = column == _NO_KEY
            found[column] = task.licences if scanned else _more_overused(task.before, column, frame)
    return found


def _changed_ends(before: Sequence[Judgement], now: Sequence[Judgement]) -> list[str]:
    return sorted({end for one in set(before) ^ set(now) for end in (one.one, one.other)})


def _organisations(task: _Task) -> _Part:
    new = task.new.filter(~pl.col("person"))
    cleaned = _without(new, task.before.overused, person=False)
    keys = pl.concat([cleaned, organisation_keys(cleaned)], how="horizontal")
    keys = judged_keys(keys, task.judgements)
    again = _connected(task, keys, _ends(task, person=False), person=False)
    frame = _numbered(again, new)
    held = _overused(task, frame, person=False)
    found, denied = found_organisations(frame, held, task.judgements)
    return _Part(_with(frame, found), denied, held)


def _persons(task: _Task, organisations: pl.DataFrame) -> _Part:
    owners = organisations.select(
        "place", "record_id", pl.col("role").alias("anchor"), pl.col("uid").alias("owner")
    )
    new = task.new.filter("person").join(
        owners.drop("place"), on=["record_id", "anchor"], how="left", maintain_order="left"
    )
    new = new.rename({"owner": "organisation"})
    # Persons whose firm is another party now are known by that one.
    placed = owners.filter(pl.col("place").is_not_null())
    was = task.before.frame["uid"].gather(placed["place"])
    moved = placed.filter(placed["owner"] != was).drop("place")
    persons = task.before.frame.lazy().select("person", "record_id", "anchor")
    persons = persons.with_row_index("place").filter("person")
    persons = persons.filter(pl.col("record_id").is_in(moved["record_id"].implode()))
    there = persons.drop("person").collect()
    moved = there.join(moved, on=["record_id", "anchor"], how="inner")
    moved = _whole(task, moved["place"]).with_columns(moved["owner"].alias("organisation"))
    asked = pl.concat([new, moved.select(new.columns)])
    asked = _without(asked, task.before.overused, person=True)
    keys = pl.concat([asked, person_keys(asked)], how="horizontal")
    named = pl.concat([_bearers(task), _ends(task, person=True), moved["place"]])
    again = _connected(task, judged_keys(keys, task.judgements), named, person=True)
    again = again.update(moved.select("place", "organisation"), on="place", how="left")
    frame = _numbered(again, new)
    held = _overused(task, frame, person=True)
    found, denied = found_persons(frame, held, task.judgements)
    return _Part(_with(frame.drop("organisation"), found), denied, held)


def _without(frame: pl.DataFrame, held: Overused, *, person: bool) -> pl.DataFrame:
    for column in held:
        if column.startswith(PERSON) == person:
            frame = without(frame, column.removeprefix(PERSON), held[column])
    return frame


def _bearers(task: _Task) -> pl.Series:
    """Return the persons with a licence that has just become too common to join anybody."""
    was = task.before.overused[_NO_KEY]
    fresh = task.licences.filter(~task.licences.is_in(was.implode()))
    licence = _NO_KEY.removeprefix(PERSON)
    return _places(task, pl.col(licence).is_in(fresh.implode()), person=True, any_=len(fresh) > 0)


def _ends(task: _Task, *, person: bool) -> pl.Series:
    """Return the mentions of one kind that a judgement which is new or gone speaks of."""
    named = pl.col("own_uid").is_in(list(task.ends))
    return _places(task, named, person=person, any_=bool(task.ends))


def _places(task: _Task, named: pl.Expr, *, person: bool, any_: bool) -> pl.Series:
    if not any_:
        return pl.Series("place", [], pl.UInt32)
    found = task.before.frame.lazy().with_row_index("place")
    return found.filter(pl.col("person") == person, named).select("place").collect()["place"]


def _connected(task: _Task, keys: pl.DataFrame, named: pl.Series, *, person: bool) -> pl.DataFrame:
    """Return the known mentions of each component that keys touch or whose mentions are `named`."""
    frame = task.before.frame
    mine = frame["person"] if person else ~frame["person"]
    asked = pl.concat([keys[name].drop_nulls() for name in KEYS]).unique()
    direct = pl.concat([holding(frame.select(KEYS), asked, mine), named]).unique()
    touched = frame["component"].gather(direct)
    within = holding(frame.select("component"), touched.filter(touched != 0).unique(), mine)
    return _whole(task, pl.concat([within, direct.filter(touched == 0)]).sort())


def _whole(task: _Task, places: pl.Series) -> pl.DataFrame:
    return task.before.frame[places].with_columns(place=places)


def _numbered(again: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Return old and new mentions in one frame with `place` (null: new) and `mention`."""
    columns = [name for name in KNOWN if name in new.columns]
    place = pl.lit(None, dtype=pl.UInt32).alias("place")
    both = pl.concat([again.select("place", *columns), new.select(place, *columns)])
    return both.with_row_index("mention")


def _with(frame: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    joined = frame.join(found, on="mention", how="left", maintain_order="left")
    return joined.select("place", *KNOWN)


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
