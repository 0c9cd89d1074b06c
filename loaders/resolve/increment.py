"""Resolution goes on from what is known: only mentions that share a value with new ones again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from loaders.resolve.clusters import (
    FOUND,
    LIMITS,
    PERSON,
    PERSONAL,
    Clusters,
    Overused,
    found_organisations,
    found_persons,
)
from loaders.resolve.forms import NO_FORM, Forms, Places, forms_of
from loaders.resolve.judgements import Judgement, ends, gone
from loaders.resolve.keys import (
    BEARER,
    RECORD,
    Index,
    Indexes,
    Keys,
    connected,
    distinct,
    found_by,
    hashed,
    judged_keys,
    organisation_keys,
    person_keys,
)
from loaders.resolve.mentions import COLUMNS, Mentions
from loaders.resolve.overused import overused, without

# A mention and what was found of it.
KNOWN: dict[str, type[pl.DataType]] = {**COLUMNS, **FOUND}
# What a change of a mention's party tells of it.
CHANGED = ("record_id", "role", "uid", "rule")
# A licence joins a person together with the name alone: of those who hold the same one not all
# share a key. All other values that may be overused are keys.
_NO_KEY = f"{PERSON}licence_number"
_LICENCE = _NO_KEY.removeprefix(PERSON)
_NOBODY = np.zeros(0, np.uint32)


@dataclass(frozen=True, slots=True)
class Known:
    """All mentions with what resolution found, columns KNOWN in any order, and by which inputs.

    `rows` as in Mentions: a mention stands in row `at` of those of its resource. `forms` are what
    organisations say, `form` (of every mention) the row that says it, NO_FORM of a person;
    `indexes` tell the rows of `forms`, and of `frame` for persons, by what they hold.
    """

    frame: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]
    overused: Overused
    judgements: tuple[Judgement, ...]
    vetoed: tuple[Judgement, ...]
    forms: pl.DataFrame
    form: pl.Series
    indexes: Indexes


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


def known(mentions: Mentions, clusters: Clusters, judgements: Sequence[Judgement]) -> Known:
    """Return what a resolution of everything found, for the next one to go on from."""
    frame = pl.concat([mentions.frame, clusters.frame], how="horizontal").select(list(KNOWN))
    forms = clusters.forms or forms_of(mentions.frame)
    held = clusters.overused
    places = pl.arg_where(frame["person"], eager=True).alias("place")
    persons = frame.select("anchor", "organisation", *PERSONAL)[places].with_columns(places)
    said = forms.table.with_row_index("place")
    indexes = Indexes(
        Index().with_part(organisation_keys(_without(said, held, person=False))),
        Index().with_part(_all_keys(_without(persons, held, person=True), persons)),
    )
    form = _form_of(forms, frame.height)
    judged = tuple(judgements)
    return Known(frame, mentions.rows, held, judged, clusters.vetoed, forms.table, form, indexes)


def _form_of(forms: Forms, height: int, start: int = 0, before: int = 0) -> pl.Series:
    """Return the form of each of `height` mentions from `start` on; `before` forms are known."""
    form = np.full(height, NO_FORM, np.uint32)
    form[forms.mentions - start] = forms.of + before
    return pl.Series("form", form)


def _all_keys(cleaned: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([person_keys(cleaned), found_by(persons)])


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be resolved: mentions before, and new ones with their `place` behind them.

    `frame` has all of them. `judgements` are those of today, `judged` (key, place) the mentions
    that these connect, `ends` the known mentions of which a judgement is new or gone.
    """

    before: Known
    new: pl.DataFrame
    frame: pl.DataFrame
    judgements: Sequence[Judgement]
    judged: pl.DataFrame
    ends: Places

    @property
    def start(self) -> int:
        """Return the place of the first new mention."""
        return self.before.frame.height


@dataclass(frozen=True, slots=True)
class _Part:
    """Mentions that were resolved again: `mention` and columns FOUND.

    `held` are the values of their kind that are overused now; `keyed` the keys that are new.
    """

    found: pl.DataFrame
    denied: list[Judgement]
    held: Overused
    keyed: pl.DataFrame


def resolve_after(before: Known, more: Mentions, judgements: Sequence[Judgement]) -> Resolved:
    """Return what `clusters` finds of all mentions together, looking at few of them again.

    `more` are mentions of records that were not known. A mention's party follows
    from the mentions that it is connected with (loaders/resolve/keys.py): those that new mentions
    or changed judgements touch are resolved with them, all others are as they were.
    """
    rows, new = _appended(before.rows, more)
    start = before.frame.height
    frame = pl.concat([before.frame.select(list(COLUMNS)), new.select(list(COLUMNS))])
    judged, touched = _judged(before, frame, judgements)
    task = _Task(before, new.with_row_index("place", start), frame, judgements, judged, touched)
    fresh = forms_of(new, start)
    organisations = _organisations(task, fresh)
    persons = _persons(task, organisations.found)
    again = pl.concat([organisations.found, persons.found])
    found, changes = _changed(before.frame, frame, again)
    indexes = Indexes(
        before.indexes.forms.with_part(organisations.keyed),
        before.indexes.persons.with_part(persons.keyed),
    )
    form = _form_of(fresh, new.height, start, before.forms.height)
    denied = [*organisations.denied, *persons.denied]
    now = Known(
        frame=found,
        rows=rows,
        overused={**organisations.held, **persons.held},
        judgements=tuple(judgements),
        vetoed=_vetoed(before, again["mention"], judgements, denied),
        forms=pl.concat([before.forms, fresh.table]),
        form=pl.concat([before.form, form]),
        indexes=indexes,
    )
    return Resolved(now, *changes)


def _changed(
    before: pl.DataFrame, frame: pl.DataFrame, again: pl.DataFrame
) -> tuple[pl.DataFrame, tuple[pl.DataFrame, pl.DataFrame, pl.Series]]:
    """Return the mentions as they are known now, and what Resolved tells of its changes.

    Former mentions keep their places, new ones come last. Most of them are as they were, and
    nothing that mentions say is copied.
    """
    fresh = again.filter(again["mention"] >= before.height).sort("mention")
    again = again.filter(again["mention"] < before.height)
    places = again["mention"]
    columns, was = [], {}
    moved = np.zeros(places.len(), np.bool_)
    other = moved.copy()
    for name in FOUND:
        was[name] = before[name].gather(places)
        differs = again[name].ne_missing(was[name]).to_numpy()
        other |= differs
        if name in CHANGED:
            moved |= differs
        column = pl.concat([before[name], fresh[name]])
        if differs.any():
            mine = pl.Series(differs)
            column = column.scatter(places.filter(mine), again[name].filter(mine))
        columns.append(column)
    mask = pl.Series(moved)
    there = frame.select("record_id", "role")[places.filter(mask)]
    now = there.with_columns(again["uid"].filter(mask), again["rule"].filter(mask))
    then = there.with_columns(was["uid"].filter(mask), was["rule"].filter(mask))
    added = frame.select("record_id", "role")[before.height :].with_columns(fresh["uid", "rule"])
    known_now = frame.with_columns(columns)
    return known_now, (pl.concat([now, added]), then, places.filter(pl.Series(other)))


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
    own = frame.select("own_uid").with_row_index("place")
    own = own.filter(own["own_uid"].is_in(wanted)) if wanted else own.clear()
    changed = ends(set(before.judgements) ^ set(judgements))
    touched = own.filter(own["own_uid"].is_in(changed), own["place"] < before.frame.height)
    return judged_keys(own, judgements), touched["place"].to_numpy()


def _organisations(task: _Task, fresh: Forms) -> _Part:
    """Return the organisations that new ones (`fresh`) and judgements touch, resolved again."""
    before, known_forms = task.before, task.before.forms.height
    said = fresh.table.with_row_index("place", known_forms)
    keyed = organisation_keys(_without(said, before.overused, person=False))
    form = pl.concat([before.form, _form_of(fresh, task.new.height, task.start, known_forms)])
    judged = task.judged.with_columns(form.gather(task.judged["place"]).alias("place"))
    judged = judged.filter(judged["place"] != NO_FORM)
    named = before.form.gather(task.ends).to_numpy()

    def keys_of(places: Places) -> Keys:
        mine = before.forms[places].with_columns(pl.Series("place", places))
        value_keys = organisation_keys(_without(mine, before.overused, person=False))
        return _with_judged(value_keys, judged, places)

    asked = _with_judged(keyed, judged, said["place"].to_numpy())
    index = before.indexes.forms.with_part(judged.filter(judged["place"] < known_forms))
    again = connected(index, asked, named[named != NO_FORM], keys_of)
    touched = np.zeros(known_forms + 1, np.bool_)
    touched[again] = True
    # A person's form is beyond the last one, which is none.
    known_of = before.form.to_numpy()
    mentions = np.flatnonzero(np.take(touched, known_of, mode="clip")).astype(np.uint32)
    of = np.searchsorted(again, known_of[mentions])
    forms = Forms(
        pl.concat([before.forms[again], fresh.table]),
        np.concatenate([mentions, fresh.mentions]),
        np.concatenate([of, again.size + fresh.of]).astype(np.uint32),
    )
    held = _overused(task, forms.table, person=False)
    found, denied = found_organisations(forms, task.frame, held, task.judgements)
    return _Part(found, denied, held, keyed)


def _with_judged(keyed: pl.DataFrame, judged: pl.DataFrame, places: Places) -> Keys:
    """Return the keys of places, ascending: of what they hold, and of judgements on them."""
    if judged.height:
        mine = judged.filter(judged["place"].is_in(pl.Series(places).implode()))
        keyed = pl.concat([keyed, mine.select(keyed.columns)])
    return distinct(keyed)


def _persons(task: _Task, organisations: pl.DataFrame) -> _Part:
    """Return the persons that new ones, their firms and judgements touch, resolved again."""
    before = task.before
    new = task.new.filter(task.new["person"])
    owners = _owners(task, organisations)
    moved = _moved(task, organisations)
    place = ["record_id", "anchor"]
    placed = new.join(owners, on=place, how="left", maintain_order="left")
    asked = pl.concat(
        [part.select("place", "anchor", *PERSONAL, "organisation") for part in (placed, moved)]
    )
    keyed = person_keys(_without(asked, before.overused, person=True))
    licences, bearers = _overused_licences(task, new)

    def keys_of(places: Places) -> Keys:
        mine = before.frame.select(*PERSONAL, "organisation")[places]
        mine = mine.with_columns(pl.Series("place", places))
        value_keys = person_keys(_without(mine, before.overused, person=True))
        return _with_judged(value_keys, task.judged, places)

    persons = before.frame["person"]
    named = np.concatenate([task.ends, bearers, moved["place"].to_numpy()])
    named = named[persons.gather(named).to_numpy()]
    index = before.indexes.persons.with_part(task.judged.filter(task.judged["place"] < task.start))
    wanted = _with_judged(keyed, task.judged, asked["place"].to_numpy())
    again = connected(index, wanted, named, keys_of)
    again = again[persons.gather(again).to_numpy()]
    there = before.frame.select(*PERSONAL, "organisation")[again]
    there = there.with_columns(pl.Series("place", again))
    there = there.update(moved.select("place", "organisation"), on="place", how="left")
    both = [part.select("place", *PERSONAL, "organisation") for part in (there, placed)]
    frame = pl.concat(both).rename({"place": "mention"})
    held = _overused(task, frame, person=True) | {_NO_KEY: licences}
    found, denied = found_persons(frame, task.frame, held, task.judgements)
    return _Part(found, denied, held, pl.concat([keyed, found_by(new)]))


def _owners(task: _Task, organisations: pl.DataFrame) -> pl.DataFrame:
    """Return (record_id, anchor, organisation): who the organisations in new rows are."""
    mine = organisations.filter(organisations["mention"] >= task.start)
    there = task.frame.select("record_id", anchor="role")[mine["mention"]]
    return there.with_columns(mine["uid"].alias("organisation"))


def _moved(task: _Task, organisations: pl.DataFrame) -> pl.DataFrame:
    """Return the known persons whose firm is another party now, with that as `organisation`."""
    frame = task.before.frame
    mine = organisations.filter(organisations["mention"] < task.start)
    other = mine.filter(mine["uid"] != frame["uid"].gather(mine["mention"]))
    firms = frame.select("record_id", anchor="role")[other["mention"]]
    firms = firms.with_columns(other["uid"].alias("organisation"))
    records = firms.select(hashed(RECORD, pl.col("record_id")).alias("key"))
    places = task.before.indexes.persons.holders(distinct(records))
    columns = ["anchor", *PERSONAL]
    there = frame.select(columns)[places].with_columns(pl.Series("place", places))
    return there.join(firms, on=["record_id", "anchor"], how="inner")


def _overused_licences(task: _Task, new: pl.DataFrame) -> tuple[pl.Series, Places]:
    """Return the licences of persons that are overused now, and who has one that was not before.

    What was too much stays so.
    """
    was = task.before.overused[_NO_KEY]
    held = new.select(_LICENCE, "name_key").drop_nulls(_LICENCE)
    if not held.height:
        return was, _NOBODY
    asked = distinct(held.select(hashed(BEARER, pl.col(_LICENCE)).alias("key")))
    places = task.before.indexes.persons.holders(asked)
    there = task.before.frame.select(_LICENCE, "name_key")[places]
    licences = _more_overused(task.before, _NO_KEY, pl.concat([held, there]))
    fresh = licences.filter(~licences.is_in(was.implode()))
    return licences, places[there[_LICENCE].is_in(fresh.implode()).to_numpy()]


def _more_overused(before: Known, column: str, frame: pl.DataFrame) -> pl.Series:
    """Return the overused values of a column: those before, and those that are so in `frame`."""
    more = overused(frame, column.removeprefix(PERSON), LIMITS[column])
    return pl.concat([before.overused[column], more]).unique().sort()


def _overused(task: _Task, frame: pl.DataFrame, *, person: bool) -> dict[str, pl.Series]:
    """Return the overused values of one kind of mentions.

    Whoever holds a value that has become too common shares it with a new mention: all of them are
    in `frame`. But for licences of persons.
    """
    return {
        column: _more_overused(task.before, column, frame)
        for column in LIMITS
        if column.startswith(PERSON) == person and column != _NO_KEY
    }


def _without(frame: pl.DataFrame, held: Overused, *, person: bool) -> pl.DataFrame:
    for column in held:
        if column.startswith(PERSON) == person:
            frame = without(frame, column.removeprefix(PERSON), held[column])
    return frame


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
