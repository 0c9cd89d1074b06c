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
from loaders.resolve.keys import KEYS, judged_keys, organisation_keys, person_keys
from loaders.resolve.mentions import COLUMNS, Mentions
from loaders.resolve.overused import overused, without

# A mention and what was found of it.
KNOWN: dict[str, type[pl.DataType]] = {**COLUMNS, **FOUND}
_LOOKED_AT = (
    "person",
    "record_id",
    "anchor",
    "own_uid",
    *dict.fromkeys(column.removeprefix(PERSON) for column in LIMITS),
    "component",
    *KEYS,
)


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

    `was` are the same mentions as they were known before, without those that are new.
    """

    known: Known
    changed: pl.DataFrame
    was: pl.DataFrame


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
    held = _overused(before, new)
    ends = _changed_ends(before.judgements, judgements)
    task = _Task(
        before, before.frame.select(_LOOKED_AT).with_row_index("place"), new, held, judgements, ends
    )
    organisations = _organisations(task)
    persons = _persons(task, organisations.found)
    again = pl.concat([organisations.found, persons.found])
    looked_at = again.filter(pl.col("place").is_not_null())["place"]
    mask = np.ones(before.frame.height, np.bool_)
    mask[looked_at.to_numpy()] = False
    kept = before.frame.filter(pl.Series(mask))
    denied = [*organisations.denied, *persons.denied]
    frame = pl.concat([kept, again.select(list(KNOWN))])
    was = before.frame.select("uid", "rule")[looked_at]
    was = was.select(pl.all().name.prefix("was_")).with_columns(place=looked_at)
    compared = again.join(was, on="place", how="left", maintain_order="left")
    differs = pl.col("uid").ne_missing(pl.col("was_uid")) | pl.col("rule").ne_missing(
        pl.col("was_rule")
    )
    changed = compared.filter(differs)
    vetoed = _vetoed(before, kept, judgements, denied)
    return Resolved(
        Known(frame, rows, held, tuple(judgements), vetoed),
        changed.select(list(KNOWN)),
        before.frame[changed["place"].drop_nulls()],
    )


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

    `old` has of the former ones their `place` and what they are looked for by; `held` are the
    values overused now, `ends` the uids of judgements that are new or gone.
    """

    before: Known
    old: pl.DataFrame
    new: pl.DataFrame
    held: Overused
    judgements: Sequence[Judgement]
    ends: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Part:
    """Mentions that were resolved again: `place` before (null: new) and columns KNOWN."""

    found: pl.DataFrame
    denied: list[Judgement]


def _overused(before: Known, new: pl.DataFrame) -> dict[str, pl.Series]:
    """Return the overused values now: names only become more, so what was too much stays so."""
    found = {}
    for column, names in LIMITS.items():
        person, own = column.startswith(PERSON), column.removeprefix(PERSON)
        kind = pl.col("person") == person
        held = new.filter(kind).select(own, "name_key").drop_nulls(own)
        if not held.height:
            found[column] = before.overused[column]
            continue
        values = held[own].unique()
        there = before.frame.lazy().filter(kind, pl.col(own).is_in(values.implode()))
        whole = pl.concat([held, there.select(own, "name_key").collect()])
        more = overused(whole, own, names)
        found[column] = pl.concat([before.overused[column], more]).unique().sort()
    return found


def _changed_ends(before: Sequence[Judgement], now: Sequence[Judgement]) -> list[str]:
    return sorted({end for one in set(before) ^ set(now) for end in (one.one, one.other)})


def _organisations(task: _Task) -> _Part:
    new = task.new.filter(~pl.col("person"))
    cleaned = _without(new, task.before.overused, person=False)
    keys = pl.concat([cleaned, organisation_keys(cleaned)], how="horizontal")
    mine = task.old.lazy().filter(~pl.col("person"))
    named = _bearers(task, person=False) | _ends(task)
    again = _connected(task, mine, judged_keys(keys, task.judgements), named)
    frame = _numbered(again, new)
    found, denied = found_organisations(frame, task.held, task.judgements)
    return _Part(_with(frame, found), denied)


def _persons(task: _Task, organisations: pl.DataFrame) -> _Part:
    mine = task.old.lazy().filter("person")
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
    there = mine.filter(pl.col("record_id").is_in(moved["record_id"].implode())).collect()
    there = there.select("place", "record_id", "anchor")
    moved = there.join(moved, on=["record_id", "anchor"], how="inner")
    moved = _whole(task, moved["place"]).with_columns(moved["owner"].alias("organisation"))
    asked = pl.concat([new, moved.select(new.columns)])
    asked = _without(asked, task.before.overused, person=True)
    keys = pl.concat([asked, person_keys(asked)], how="horizontal")
    named = _bearers(task, person=True) | _ends(task)
    named |= pl.col("place").is_in(moved["place"].implode())
    again = _connected(task, mine, judged_keys(keys, task.judgements), named)
    again = again.update(moved.select("place", "organisation"), on="place", how="left")
    frame = _numbered(again, new)
    found, denied = found_persons(frame, task.held, task.judgements)
    return _Part(_with(frame.drop("organisation"), found), denied)


def _without(frame: pl.DataFrame, held: Overused, *, person: bool) -> pl.DataFrame:
    for column in held:
        if column.startswith(PERSON) == person:
            frame = without(frame, column.removeprefix(PERSON), held[column])
    return frame


def _bearers(task: _Task, *, person: bool) -> pl.Expr:
    """Return which mentions bear a value that has just become too common to join anybody."""
    bears = pl.lit(value=False)
    for column, values in task.held.items():
        was = task.before.overused[column]
        if column.startswith(PERSON) == person and len(values) > len(was):
            fresh = values.filter(~values.is_in(was.implode()))
            bears |= pl.col(column.removeprefix(PERSON)).is_in(fresh.implode())
    return bears.fill_null(value=False)


def _ends(task: _Task) -> pl.Expr:
    return pl.col("own_uid").is_in(list(task.ends)) if task.ends else pl.lit(value=False)


def _connected(task: _Task, mine: pl.LazyFrame, keys: pl.DataFrame, named: pl.Expr) -> pl.DataFrame:
    """Return the known mentions of each component that keys touch or whose mentions are `named`."""
    asked = pl.concat([keys[name].drop_nulls() for name in KEYS]).unique().implode()
    hit = pl.any_horizontal(pl.col(name).is_in(asked) for name in KEYS).fill_null(value=False)
    direct = mine.filter(hit | named).select("place", "component").collect()
    touched = direct.filter(pl.col("component") != 0)["component"].unique().implode()
    within = mine.filter(pl.col("component").is_in(touched)).select("place").collect()["place"]
    lonely = direct.filter(pl.col("component") == 0)["place"]
    return _whole(task, pl.concat([within, lonely]))


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
    kept: pl.DataFrame,
    judgements: Sequence[Judgement],
    denied: Sequence[Judgement],
) -> tuple[Judgement, ...]:
    """Return the judgements that are denied: as before where nobody looked, as found elsewhere."""
    if not before.vetoed:
        return tuple(denied)
    wanted = sorted({one.one for one in before.vetoed})
    untouched = set(kept.filter(pl.col("own_uid").is_in(wanted))["own_uid"])
    still = set(judgements)
    as_before = [one for one in before.vetoed if one.one in untouched and one in still]
    return (*as_before, *denied)


def without_effect(found: Known) -> tuple[int, int]:
    """Return how many judgements are denied, and how many are on parties that are gone."""
    missing = gone(found.judgements, found.frame["own_uid"]) if found.judgements else ()
    return len(found.vetoed), len(missing)
