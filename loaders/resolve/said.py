"""What new mentions say that is said already: who says it is who those are, and changes nobody."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from loaders.resolve.cuts import CUT
from loaders.resolve.forms import (
    NO_FORM,
    ORDER,
    VALUES,
    Forms,
    IntArray,
    Places,
    forms_of,
)
from loaders.resolve.judgements import DETACHED, RULE, Judgement
from loaders.resolve.keys import anchor_keys, form_keys
from loaders.resolve.known import Known
from loaders.resolve.organisations import ALONE
from loaders.resolve.pieces import rows_at

# By these rules a mention is where it is for itself, and not all that say the same with it.
_OF_ONE = (ALONE, CUT, DETACHED, RULE)
# All that rules and cuts compare of a person.
_OF_PERSONS = ("organisation", *VALUES)
# Of those who have a person's name and firm so many are compared with a new one: who acts often
# has hundreds of mentions that say the same, and the first few tell it.
_COMPARED = 4


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
class NewForms:
    """What new organisations say: `table` the forms (FORM) that nobody had, behind all others.

    `form` is that of every new mention.
    """

    table: pl.DataFrame
    form: pl.Series


def new_forms(task: Task) -> NewForms:
    """Return what new organisations say; a form that is said already stays the one it was.

    Who says what is said already, and is no older, changes nobody: it is who those are.
    """
    count = task.before.forms.height
    fresh = forms_of(task.new, task.start)
    said = _known_forms(task, fresh)
    added = fresh.table[np.flatnonzero(said < 0)]
    said[said < 0] = np.arange(count, count + added.height)
    forms = Forms(fresh.table, fresh.mentions, said[fresh.of].astype(np.uint32))
    return NewForms(added, forms.form(task.new.height, task.start))


def _known_forms(task: Task, fresh: Forms) -> IntArray:
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
    settled = _alike(said, there, VALUES) & _older(then, now) & ~then["rule"].is_in(_OF_ONE)
    chosen = settled.to_numpy()
    found = np.full(fresh.table.height, -1, np.int64)
    found[new[chosen]] = places[chosen]
    judged = task.judged["place"].to_numpy()
    mine = np.isin(fresh.mentions, judged)
    found[fresh.of[mine]] = -1
    return found


def said_before(task: Task, persons: pl.DataFrame) -> IntArray:
    """Return the known person who says what a new one does and stays as it is, -1 where none does.

    `persons` are new ones with `organisation`, their firm as far as it is known by now. -1 also
    where the new one is older, and where any is judged or placed for itself.
    """
    asked = persons.with_row_index("row").select("name_key", "organisation", place="row")
    keyed = anchor_keys(asked).sort("key")
    which, places = task.before.indexes.persons.pairs(keyed["key"].to_numpy(), _COMPARED)
    order = np.argsort(places, kind="stable")
    new, places = keyed["place"].to_numpy()[which[order]], places[order]
    there = rows_at(task.before.frame.select("rule", *_OF_PERSONS, *ORDER), places)
    said = persons.select(*_OF_PERSONS, *ORDER)[new]
    settled = _alike(said, there, _OF_PERSONS) & _older(there, said)
    chosen = (settled & ~there["rule"].is_in(_OF_ONE)).to_numpy(writable=True)
    judged = task.judged["place"].to_numpy()
    chosen &= ~np.isin(places, judged)
    found = np.full(persons.height, -1, np.int64)
    found[new[chosen]] = places[chosen]
    found[np.isin(persons["place"].to_numpy(), judged)] = -1
    return found


def _alike(one: pl.DataFrame, other: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Return by row whether two mentions say the same; equal keys may be so by chance."""
    both = one.select(columns).hstack([other[name].alias(f"{name}_other") for name in columns])
    same = (pl.col(name).eq_missing(pl.col(f"{name}_other")) for name in columns)
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


def as_said(before: Known, form: pl.Series, again: Places, start: int) -> pl.DataFrame:
    """Return (mention, columns FOUND) of new organisations that are who says the same already.

    `again` are those of the new mentions that were resolved again.
    """
    others = (form != NO_FORM).to_numpy(writable=True)
    others[again] = False
    mine = np.flatnonzero(others)
    first = before.forms["first"].gather(form.gather(mine)).to_numpy()
    found = rows_at(before.frame.select("uid", "rule", "organisation"), first)
    places = pl.Series("mention", (mine + start).astype(np.uint32))
    return found.select(places, pl.all())
