"""What new mentions touch is resolved again, with them; organisations first, persons by them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from loaders.resolve.clusters import (
    LIMITS,
    PERSON,
    PERSONAL,
    Overused,
    found_organisations,
    found_persons,
)
from loaders.resolve.forms import NO_FORM, Forms, IntArray, Places, saying
from loaders.resolve.judgements import Judgement
from loaders.resolve.keys import (
    BEARER,
    RECORD,
    Keys,
    Reached,
    anchor_keys,
    distinct,
    form_keys,
    found_by,
    hashed,
    held_by_organisations,
    held_by_persons,
    once,
    organisation_keys,
    own_keys,
)
from loaders.resolve.known import Known, without_overused
from loaders.resolve.overused import often, overused
from loaders.resolve.pieces import rows_at
from loaders.resolve.said import NewForms, Task, as_said, said_before

# A licence joins a person together with the name alone: of those who hold the same one not all
# share a key. All other values that may be overused are keys.
_NO_KEY = f"{PERSON}licence_number"
_LICENCE = _NO_KEY.removeprefix(PERSON)
_NOBODY = np.zeros(0, np.uint32)
# What the keys of persons are made of, and by whom they are asked for.
_KEYED = ("name_key", "id_hash", "licence_number")
_ANCHORED = ("place", "name_key", "organisation")


@dataclass(frozen=True, slots=True)
class Part:
    """Mentions that were resolved again: `mention` and columns FOUND.

    `held` are the values of their kind that are overused now; `keyed` the keys that are new.
    """

    found: pl.DataFrame
    denied: list[Judgement]
    held: Overused
    keyed: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Persons(Part):
    """Persons that were resolved again; `as_were` (mention, FOUND) are who they were, with others.

    Of those nobody looked at anything but the uid of their firm, which is another one now.
    """

    as_were: pl.DataFrame


def organisations_again(task: Task, said: NewForms) -> Part:
    """Return the organisations that new ones and judgements touch, resolved again.

    All new ones are among them.
    """
    before, count = task.before, task.before.forms.height
    added, form = said.table, said.form
    whole = pl.concat([before.form, form])
    judged = task.judged.with_columns(whole.gather(task.judged["place"]).alias("place"))
    judged = judged.filter(judged["place"] != NO_FORM)
    named = before.form.gather(task.ends).to_numpy()
    new = added.with_row_index("place", count)
    tables: list[pl.DataFrame] = []

    def keys_of(places: Places) -> Keys:
        mine = rows_at(before.forms, places).with_columns(pl.Series("place", places))
        tables.append(mine)
        held = without_overused(mine, before.overused, person=False)
        return _with_judged(held_by_organisations(held), judged, places)

    own = organisation_keys(without_overused(new, before.overused, person=False))
    asked = _with_judged(distinct(own), judged, new["place"].to_numpy())
    index = before.indexes.forms.with_part(judged.filter(judged["place"] < count))
    Reached(index, keys_of, count).follow(asked, named[named != NO_FORM])
    table = pl.concat([*tables, new.select(*before.forms.columns, "place")])
    places, count = table["place"].to_numpy(), count + added.height
    known, fresh_ones = (saying(one.to_numpy(), places, count) for one in (before.form, form))
    mentions = np.concatenate([known, fresh_ones + np.uint32(task.start)])
    row = np.zeros(count, np.uint32)
    row[places] = np.arange(table.height)
    forms = Forms(table.drop("place"), mentions, row[whole.gather(mentions).to_numpy()])
    held = _overused(task, forms.table, person=False)
    found, denied = found_organisations(forms, task.frame, held, task.judgements)
    others = as_said(before, form, fresh_ones, task.start)
    keyed = pl.concat([own, form_keys(new)])
    return Part(pl.concat([found, others]), denied, held, keyed)


def _with_judged(held: Keys, judged: pl.DataFrame, places: Places) -> Keys:
    """Return the keys of places, ascending: of what they hold, and of judgements on them."""
    if not judged.height:
        return held
    mine = judged.filter(judged["place"].is_in(pl.Series(places).implode()))
    return once(np.concatenate([held, mine["key"].to_numpy()]))


@dataclass(frozen=True, slots=True)
class Asked:
    """New persons, and the known ones that these and judgements touch, whatever their firms are.

    `new` have `firm`, the place of the mention of their firm, null where they have none. They say
    what the known ones at `said` do, -1 where nobody does, if their firms are `presumed`. `own`
    (key, place) are the keys of what the new ones hold themselves, `keyed` all theirs so far;
    `licences` are the overused ones now; `tables` fill with what persons say while they are
    `reached`.
    """

    new: pl.DataFrame
    presumed: pl.Series
    said: IntArray
    own: pl.DataFrame
    keyed: pl.DataFrame
    licences: pl.Series
    reached: Reached
    tables: list[pl.DataFrame]


def persons_by_themselves(task: Task, form: pl.Series) -> Asked:
    """Return the persons that new ones and judgements touch by what they hold themselves.

    `form` is that of new mentions. It asks nothing of who organisations are now: it may be done
    while these are resolved.
    """
    before = task.before
    new = _with_firms(task.new)
    presumed = _presumed(task, new["firm"], form)
    said = said_before(task, new.with_columns(presumed))
    licences, bearers = _overused_licences(task, new)
    judged = task.judged.filter(task.frame["person"].gather(task.judged["place"]))
    tables = [before.frame.select(*PERSONAL, "organisation").clear().with_columns(place=_NOBODY)]

    def keys_of(places: Places) -> Keys:
        mine = rows_at(before.frame.select(*PERSONAL, "organisation"), places)
        mine = mine.with_columns(pl.Series("place", places))
        tables.append(mine)
        held = held_by_persons(without_overused(mine, before.overused, person=True))
        return _with_judged(held, judged, places)

    index = before.indexes.persons.with_part(judged.filter(judged["place"] < task.start))
    reached = Reached(index, keys_of, task.start)
    own = own_keys(without_overused(new, before.overused, person=True))
    ended = task.ends[before.frame["person"].gather(task.ends).to_numpy()]
    asking = new["place"].to_numpy()[said < 0]
    mine = own.filter(own["place"].is_in(pl.Series(asking).implode()))
    reached.follow(_with_judged(distinct(mine), judged, asking), np.concatenate([ended, bearers]))
    keyed = pl.concat([own, found_by(new)])
    return Asked(new, presumed, said, own, keyed, licences, reached, tables)


def _with_firms(new: pl.DataFrame) -> pl.DataFrame:
    """Return the persons among new mentions with `firm`: the place of the mention of their firm."""
    place = ["record_id", "anchor"]
    firms = new.filter(~new["person"]).select("record_id", anchor="role", firm="place")
    persons = new.filter(new["person"])
    return persons.join(firms, on=place, how="left", maintain_order="left")


def _presumed(task: Task, firms: pl.Series, form: pl.Series) -> pl.Series:
    """Return the uid that firms at some places have if they are who said the same before."""
    forms = form.gather(firms - task.start).fill_null(NO_FORM).to_numpy()
    there = np.flatnonzero(forms < task.before.forms.height)
    first = task.before.forms["first"].gather(forms[there]).to_numpy()
    rows = np.full(forms.size, first.size)
    rows[there] = np.arange(first.size)
    known = rows_at(task.before.frame.select("uid"), first)["uid"]
    return known.extend_constant(None, 1).gather(rows).alias("organisation")


def persons_again(task: Task, organisations: pl.DataFrame, asked: Asked) -> Persons:
    """Return the persons that new ones, their firms and judgements touch, resolved again.

    Firms that have another uid, and are nobody else, are told apart from those that are others:
    who is known by them is who he was. So is who says what a known person does.
    """
    before = task.before
    firms = _firms(task, organisations)
    moved = _moved(task, firms)
    placed = asked.new.with_columns(_owners(task, organisations, asked.new["firm"]))
    said = _confirmed(asked, placed["organisation"], moved["place"])
    # Known persons stand in the index by their firm's former uid.
    renamed = firms.filter("renamed").select("was", organisation="uid").unique()
    as_known = placed.filter(said < 0).join(
        renamed, on="organisation", how="left", maintain_order="left"
    )
    as_known = as_known.with_columns(organisation=pl.coalesce("was", "organisation"))
    others = moved.filter(~pl.col("renamed"))
    anchors = pl.concat([part.select(_ANCHORED) for part in (as_known, others)])
    wanted = [distinct(anchor_keys(anchors)), _keys_of_denied(asked, said)]
    asked.reached.follow(np.concatenate(wanted), others["place"].to_numpy())
    touched = asked.reached.places()
    there = pl.concat(asked.tables)
    there = there.with_columns(_now_by(there, moved))
    # Who says what somebody does that is looked at again is looked at with him.
    again = (said < 0) | np.isin(said, touched)
    both = [
        part.select("place", *PERSONAL, "organisation") for part in (there, placed.filter(again))
    ]
    frame = pl.concat(both, rechunk=True).rename({"place": "mention"})
    held = _overused(task, frame, person=True) | {_NO_KEY: asked.licences}
    found, denied = found_persons(frame, task.frame, held, task.judgements)
    as_they = rows_at(before.frame.select("uid", "rule", "organisation"), said[~again])
    as_they = as_they.select(placed["place"].filter(~again).alias("mention"), pl.all())
    anchored = anchor_keys(pl.concat([part.select(_ANCHORED) for part in (placed, moved)]))
    as_were = _as_were(before, moved.filter(~moved["place"].is_in(pl.Series(touched).implode())))
    keyed = pl.concat([asked.keyed, anchored])
    return Persons(pl.concat([found, as_they]), denied, held, keyed, as_were)


def _confirmed(asked: Asked, organisation: pl.Series, moved: pl.Series) -> IntArray:
    """Return `asked.said` of those whose firms are the presumed ones; -1 of all others."""
    same = asked.presumed.eq_missing(organisation).to_numpy()
    stays = ~np.isin(asked.said, moved.to_numpy())
    return np.where(same & stays, asked.said, -1)


def _keys_of_denied(asked: Asked, said: IntArray) -> Keys:
    """Return the keys, ascending, of those who say what nobody does after all, firms apart."""
    denied = asked.new["place"].to_numpy()[(said < 0) & (asked.said >= 0)]
    mine = asked.own.filter(asked.own["place"].is_in(pl.Series(denied).implode()))
    return distinct(mine)


def _now_by(there: pl.DataFrame, moved: pl.DataFrame) -> pl.Series:
    """Return the firms by which persons are known, those of `moved` by the uid they have now."""
    moved = moved.sort("place")
    places, asked = moved["place"].to_numpy(), there["place"].to_numpy()
    at = np.searchsorted(places, asked)
    rows = np.arange(asked.size)
    inside = np.flatnonzero(at < places.size)
    mine = inside[places[at[inside]] == asked[inside]]
    rows[mine] = asked.size + at[mine]
    return pl.concat([there["organisation"], moved["organisation"]]).gather(rows)


def _as_were(before: Known, moved: pl.DataFrame) -> pl.DataFrame:
    """Return (mention, columns FOUND) of persons of whom nothing is new but their firm's uid."""
    found = rows_at(before.frame.select("uid", "rule"), moved["place"].to_numpy())
    return found.select(moved["place"].alias("mention"), "uid", "rule", moved["organisation"])


def _owners(task: Task, organisations: pl.DataFrame, firms: pl.Series) -> pl.Series:
    """Return who the organisations at some places of new mentions are: `organisation`."""
    mine = organisations.filter(organisations["mention"] >= task.start)
    row = np.zeros(task.new.height, np.uint32)
    row[mine["mention"].to_numpy() - task.start] = np.arange(mine.height, dtype=np.uint32)
    return mine["uid"].gather(pl.Series(row).gather(firms - task.start)).alias("organisation")


def _firms(task: Task, organisations: pl.DataFrame) -> pl.DataFrame:
    """Return (mention, was, uid, renamed) of known organisations that are others than before.

    `renamed` are those of parties that got another uid, and of which no known mention came or went.
    """
    known = organisations.filter(organisations["mention"] < task.start).select("mention", "uid")
    was = rows_at(task.before.frame.select("uid"), known["mention"].to_numpy())["uid"]
    known = known.with_columns(was.alias("was"))
    other = known["uid"] != was
    firms = known.filter(other)
    pairs = firms.select("was", "uid").unique()
    # Next to everybody is who he was: of them only those are looked at that the others name.
    stay = known["uid"].filter(~other)
    stay = stay.filter(stay.is_in(pl.concat([pairs["was"], pairs["uid"]]).implode())).implode()
    alone = pairs["was"].is_unique() & pairs["uid"].is_unique()
    alone &= ~pairs["was"].is_in(stay) & ~pairs["uid"].is_in(stay)
    pairs = pairs.with_columns(renamed=alone)
    return firms.join(pairs, on=["was", "uid"], how="left", maintain_order="left")


def _moved(task: Task, firms: pl.DataFrame) -> pl.DataFrame:
    """Return (place, _KEYED, organisation, renamed) of known persons whose firm has another uid.

    `organisation` is that uid.
    """
    frame = task.before.frame
    there = rows_at(frame.select("record_id", anchor="role"), firms["mention"].to_numpy())
    there = there.with_columns(firms["uid"].alias("organisation"), firms["renamed"])
    records = there.select(hashed(RECORD, pl.col("record_id")).alias("key"))
    places = once(task.before.indexes.persons.holders(distinct(records)))
    known = rows_at(frame.select("record_id", "anchor", *_KEYED), places)
    known = known.with_columns(pl.Series("place", places))
    return known.join(there, on=["record_id", "anchor"], how="inner")


def _overused_licences(task: Task, new: pl.DataFrame) -> tuple[pl.Series, Places]:
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
    name, most = column.removeprefix(PERSON), LIMITS[column]
    # Of few mentions next to none stand so often: that is quicker to see than who has how many.
    more = overused(frame, name, most) if often(frame[name], most) else frame[name].clear()
    if not len(more):
        return before.overused[column]
    return pl.concat([before.overused[column], more]).unique().sort()


def _overused(task: Task, frame: pl.DataFrame, *, person: bool) -> dict[str, pl.Series]:
    """Return the overused values of one kind of mentions.

    Whoever holds a value that has become too common shares it with a new mention: all of them are
    in `frame`. But for licences of persons.
    """
    return {
        column: _more_overused(task.before, column, frame)
        for column in LIMITS
        if column.startswith(PERSON) == person and column != _NO_KEY
    }
