"""What resolution knows after a load, for the next one to go on from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from loaders.resolve.clusters import FOUND, PERSON, PERSONAL, Clusters, Overused
from loaders.resolve.forms import forms_of
from loaders.resolve.judgements import Judgement
from loaders.resolve.keys import (
    Index,
    Indexes,
    anchor_keys,
    form_keys,
    found_by,
    organisation_keys,
    own_keys,
)
from loaders.resolve.mentions import COLUMNS, Mentions
from loaders.resolve.overused import without

# A mention and what was found of it.
KNOWN: dict[str, type[pl.DataType]] = {**COLUMNS, **FOUND}


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


def known(mentions: Mentions, clusters: Clusters, judgements: Sequence[Judgement]) -> Known:
    """Return what a resolution of everything found, for the next one to go on from."""
    frame = pl.concat([mentions.frame, clusters.frame], how="horizontal").select(list(KNOWN))
    forms = clusters.forms or forms_of(mentions.frame)
    places = pl.arg_where(frame["person"], eager=True).alias("place")
    persons = frame.select("anchor", "organisation", *PERSONAL)[places].with_columns(places)
    said = forms.table.with_row_index("place")
    held = clusters.overused
    indexes = Indexes(
        Index().with_part(all_form_keys(said, held)), Index().with_part(all_keys(persons, held))
    )
    form = forms.form(frame.height)
    judged, vetoed = tuple(judgements), clusters.vetoed
    return Known(frame, mentions.rows, held, judged, vetoed, forms.table, form, indexes)


def all_form_keys(said: pl.DataFrame, held: Overused) -> pl.DataFrame:
    """Return (key, place) of forms with `place`: by what they connect, and by all that they say."""
    cleaned = without_overused(said, held, person=False)
    return pl.concat([organisation_keys(cleaned), form_keys(said)])


def all_keys(persons: pl.DataFrame, held: Overused) -> pl.DataFrame:
    """Return (key, place) of persons with `place`: by what they connect, and how they are found."""
    return pl.concat([all_person_keys(persons, held), found_by(persons)])


def all_person_keys(persons: pl.DataFrame, held: Overused) -> pl.DataFrame:
    """Return (key, place) of persons with `place` by what they connect."""
    return pl.concat([own_keys(without_overused(persons, held, person=True)), anchor_keys(persons)])


def without_overused(frame: pl.DataFrame, held: Overused, *, person: bool) -> pl.DataFrame:
    """Return the mentions of one kind without the values that join nobody."""
    for column in held:
        if column.startswith(PERSON) == person:
            frame = without(frame, column.removeprefix(PERSON), held[column])
    return frame
