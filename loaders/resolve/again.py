"""What new mentions touch is resolved again, with them; organisations first, persons by them."""

from collections.abc import Sequence
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
from loaders.resolve.cuts import CUT
from loaders.resolve.forms import (
    NO_FORM,
    ORDER,
    VALUES,
    Forms,
    IntArray,
    Places,
    forms_of,
    saying,
)
from loaders.resolve.judgements import DETACHED, RULE, Judgement
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
from loaders.resolve.known import (
    Known,
    without_overused,
)
from loaders.resolve.organisations import ALONE
from loaders.resolve.overused import often, overused
from loaders.resolve.pieces import rows_at

# A licence joins a person together with the name alone: of those who hold the same one not all
# share a key. All other values that may be overused are keys.
_NO_KEY = f"{PERSON}licence_number"
_LICENCE = _NO_KEY.removeprefix(PERSON)
_NOBODY = np.zeros(0, np.uint32)
# What the keys of persons are made of, and by whom they are asked for.
_KEYED = ("name_key", "id_hash", "licence_number")
_ANCHORED = ("place", "name_key", "organisation")
# By these rules a mention is where it is for itself, and not all that say the same with it.
_OF_ONE = (ALONE, CUT, DETACHED, RULE)


@dataclass(frozen=True, slots=True)
class Task:
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


@dataclass(frozen=True, slots=True)
class Organisations(Part):
    """Organisations that were resolved again, all new ones among them.

    `table` are the forms (FORM) that nobody had, `form` is that of every new mention.
    """

    table: pl.DataFrame
    form: pl.Series


def organisations_again(task: Task) -> Organisations:
    """Return the organisations that new ones and judgements touch, resolved again.

    Who says what is said already, and is no older, changes nobody: it is who those are.
    """
    before, count = task.before, task.before.forms.height
    fresh = forms_of(task.new, task.start)
    said = _said_already(task, fresh)
    added = fresh.table[np.flatnonzero(said < 0)]
    said[said < 0] = np.arange(count, count + added.height)
    form = Forms(fresh.table, fresh.mentions, said[fresh.of].astype(np.uint32)).form(
        task.new.height, task.start
    )
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
    as_said = _as_said(before, form, fresh_ones, task.start)
    keyed = pl.concat([own, form_keys(new)])
    return Organisations(pl.concat([found, as_said]), denied, held, keyed, added, form)


def _said_already(task: Task, fresh: Forms) -> IntArray:
    """Return the known form that says what a new one does and stays as it is, -1 where none does.

    Nor where the new one is older, and where any is judged or placed for itself.
    """
    before = task.before
    keyed = form_keys(fresh.table.with_row_index("place")).sort("key")
    which, places = before.indexes.forms.pairs(keyed["key"].to_numpy())
    # In the order of the table: what is read of it lies side by side.
    order = np.argsort(places, kind="stable")
    new, places = keyed["place"].to_numpy()[which[order]], places[order]
    said, there = fresh.table[new], rows_at(before.forms, places)
    then = rows_at(before.frame.select("rule", *ORDER), there["first"].to_numpy())
    now = rows_at(task.new.select(ORDER), said["first"].to_numpy() - task.start)
    settled = (_alike(said, there) & _older(then, now) & ~then["rule"].is_in(_OF_ONE)).to_numpy()
    found = np.full(fresh.table.height, -1, np.int64)
    found[new[settled]] = places[settled]
    judged = task.judged["place"].to_numpy()
    mine = np.isin(fresh.mentions, judged)
    found[fresh.of[mine]] = -1
    return found


def _alike(one: pl.DataFrame, other: pl.DataFrame) -> pl.Series:
    """Return by row whether two forms say the same; equal keys may be so by chance."""
    both = one.select(VALUES).hstack([other[name].alias(f"{name}_other") for name in VALUES])
    same = (pl.col(name).eq_missing(pl.col(f"{name}_other")) for name in VALUES)
    return both.select(pl.all_horizontal(*same).alias("alike")).to_series()


def _older(one: pl.DataFrame, other: pl.DataFrame) -> pl.Series:
    """Return by row whether `one` comes before `other` by ORDER; who has no day comes last."""
    both = one.select(ORDER).hstack([other[name].alias(f"{name}_other") for name in ORDER])
    older: pl.Expr = pl.lit(value=False)
    for name in reversed(ORDER):
        mine, its = pl.col(name), pl.col(f"{name}_other")
        before = (mine < its).fill_null(mine.is_not_null() & its.is_null())
        older = before | (mine.eq_missing(its) & older)
    return both.select(older.alias("older")).to_series()


def _as_said(before: Known, form: pl.Series, again: Places, start: int) -> pl.DataFrame:
    """Return (mention, columns FOUND) of new mentions that are who says the same already.

    `again` are those of the new ones that were resolved again.
    """
    others = (form != NO_FORM).to_numpy(writable=True)
    others[again] = False
    mine = np.flatnonzero(others)
    first = before.forms["first"].gather(form.gather(mine)).to_numpy()
    found = rows_at(before.frame.select("uid", "rule", "organisation"), first)
    places = pl.Series("mention", (mine + start).astype(np.uint32))
    return found.select(places, pl.all())


def _with_judged(held: Keys, judged: pl.DataFrame, places: Places) -> Keys:
    """Return the keys of places, ascending: of what they hold, and of judgements on them."""
    if not judged.height:
        return held
    mine = judged.filter(judged["place"].is_in(pl.Series(places).implode()))
    return once(np.concatenate([held, mine["key"].to_numpy()]))


@dataclass(frozen=True, slots=True)
class Asked:
    """New persons, and the known ones that these and judgements touch, whatever their firms are.

    `keyed` (key, place) are the keys of the new ones so far, `licences` the overused ones now;
    `tables` fill with what persons say while they are `reached`.
    """

    new: pl.DataFrame
    keyed: pl.DataFrame
    licences: pl.Series
    reached: Reached
    tables: list[pl.DataFrame]


def persons_by_themselves(task: Task) -> Asked:
    """Return the persons that new ones and judgements touch by what they hold themselves.

    It asks nothing of organisations: it may be done while these are resolved.
    """
    before = task.before
    new = task.new.filter(task.new["person"])
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
    keyed = own_keys(without_overused(new, before.overused, person=True))
    ended = task.ends[before.frame["person"].gather(task.ends).to_numpy()]
    wanted = _with_judged(distinct(keyed), judged, new["place"].to_numpy())
    reached.follow(wanted, np.concatenate([ended, bearers]))
    return Asked(new, pl.concat([keyed, found_by(new)]), licences, reached, tables)


def persons_again(task: Task, organisations: pl.DataFrame, asked: Asked) -> Persons:
    """Return the persons that new ones, their firms and judgements touch, resolved again.

    Firms that have another uid, and are nobody else, are told apart from those that are others:
    who is known by them is who he was.
    """
    before = task.before
    owners = _owners(task, organisations)
    firms = _firms(task, organisations)
    moved = _moved(task, firms)
    place = ["record_id", "anchor"]
    placed = asked.new.join(owners, on=place, how="left", maintain_order="left")
    # Known persons stand in the index by their firm's former uid.
    renamed = firms.filter("renamed").select("was", organisation="uid").unique()
    as_known = placed.join(renamed, on="organisation", how="left", maintain_order="left")
    as_known = as_known.with_columns(organisation=pl.coalesce("was", "organisation"))
    others = moved.filter(~pl.col("renamed"))
    anchors = pl.concat([part.select(_ANCHORED) for part in (as_known, others)])
    asked.reached.follow(distinct(anchor_keys(anchors)), others["place"].to_numpy())
    touched = asked.reached.places()
    there = pl.concat(asked.tables)
    there = there.with_columns(_now_by(there, moved))
    both = [part.select("place", *PERSONAL, "organisation") for part in (there, placed)]
    frame = pl.concat(both, rechunk=True).rename({"place": "mention"})
    held = _overused(task, frame, person=True) | {_NO_KEY: asked.licences}
    found, denied = found_persons(frame, task.frame, held, task.judgements)
    anchored = anchor_keys(pl.concat([part.select(_ANCHORED) for part in (placed, moved)]))
    as_were = _as_were(before, moved.filter(~moved["place"].is_in(pl.Series(touched).implode())))
    return Persons(found, denied, held, pl.concat([asked.keyed, anchored]), as_were)


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


def _owners(task: Task, organisations: pl.DataFrame) -> pl.DataFrame:
    """Return (record_id, anchor, organisation): who the organisations in new rows are."""
    mine = organisations.filter(organisations["mention"] >= task.start)
    there = task.frame.select("record_id", anchor="role")[mine["mention"]]
    return there.with_columns(mine["uid"].alias("organisation"))


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
