"""Leads: parties that may be one, where nothing proves it. A person decides, never the score.

A lead depends on the mentions of its two parties, on those of the organisations where two persons
are known, and on who holds the keys that both hold: so a load compares anew only what it touches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from graph.names.features import OTHER, apart, in_words, judged
from graph.names.organisations import ORGANISATION
from graph.names.persons import PERSON
from loaders.resolve.blocks import (
    ORGANISATION_KEYS,
    organisation_blocks,
    person_blocks,
)
from loaders.resolve.judgements import DIFFERENT, Judgement
from loaders.resolve.pairs import Statements, beside, organisations, persons
from loaders.resolve.profiles import profiles, profiles_after
from loaders.resolve.values import around, contacts, numbers, values
from loaders.resolve.weights import weights

COLUMNS: dict[str, type[pl.DataType] | pl.DataType] = {
    "source": pl.String,
    "target": pl.String,
    "score": pl.Float64,
    "evidence": pl.String,
    "records": pl.List(pl.String),
}
# More candidates than this say that the name of an organisation tells nobody apart.
MOST_CANDIDATES = 3
_DECIMALS = 3
_END = "uid" + OTHER


@dataclass(frozen=True, slots=True)
class Leads:
    """Pairs in the form of COLUMNS, sorted by both ends.

    `profiles` are the names by which parties were found (loaders/resolve/profiles.py): kept, they
    spare the next load cutting every name again. `passed_over` counts by kind the keys that too
    many parties hold; `compared` the pairs that were looked at.
    """

    frame: pl.DataFrame
    profiles: pl.DataFrame
    passed_over: Mapping[str, int]
    compared: int


def leads(statements: Statements, judgements: Sequence[Judgement] = ()) -> Leads:
    """Return which parties may be one: similar names without a code, rare names of persons.

    A pair that was judged different is no lead any more; one of which nobody was sure remains.
    """
    table = profiles(statements.frame)
    return _found(statements, table, table["uid"].unique(), judgements, None)


def leads_after(
    statements: Statements,
    judgements: Sequence[Judgement],
    before: Leads,
    touched: pl.Series,
) -> Leads:
    """Return what `leads` finds, comparing anew only those whose mentions or keys are touched.

    `before` are the leads of the former mentions; `touched` the uids, former and present, of
    parties that are new or gone or whose mentions or uid changed. Every former mention is still
    there, under its own uid or another; the judgements are the same.
    """
    touched = touched.unique()
    table = profiles_after(before.profiles, statements.frame, touched)
    asking = _affected(statements, before.profiles, table, touched)
    return _found(statements, table, asking, judgements, before)


def _found(
    statements: Statements,
    table: pl.DataFrame,
    asking: pl.Series,
    judgements: Sequence[Judgement],
    before: Leads | None,
) -> Leads:
    placed = table.with_row_index("place")
    firms, people = placed.filter(~pl.col("person")), placed.filter("person")
    scored, passed, compared = _organisations(statements, firms, asking)
    found = person_blocks(people, asking)
    pairs = beside(found.pairs, people)
    scored = pl.concat([scored, _scored(persons(pairs, people, statements), "persons")])
    if before is not None:
        kept = ~pl.any_horizontal(pl.col("source", "target").is_in(asking.implode()))
        scored = pl.concat([before.frame.filter(kept), scored])
    result = _not_judged(scored.sort("source", "target"), statements.frame, judgements)
    return Leads(result, table, {**passed, **found.passed_over}, compared + pairs.height)


def _organisations(
    statements: Statements, firms: pl.DataFrame, asking: pl.Series
) -> tuple[pl.DataFrame, Mapping[str, int], int]:
    """Return the leads with an asking end; a name that fits too many others makes none."""
    held = numbers(statements.frame)
    open_ = firms.filter("open").select("place", "uid")
    asked = open_.filter(pl.col("uid").is_in(asking.implode()))["uid"]
    blocks = organisation_blocks(firms, held, asked.unique())
    # Whether a name fits too many is asked of both ends: the open partners' pairs count too.
    partners = open_.join(blocks.pairs.select(place="place_other"), on="place", how="semi")["uid"]
    if not set(partners) <= set(asked):
        blocks = organisation_blocks(firms, held, pl.concat([asked, partners]).unique())
    pairs = beside(blocks.pairs, firms)
    scored = _scored(organisations(pairs, firms, statements), "organisations")
    ends = pl.concat(
        [scored.select("source", "target"), scored.select(source="target", target="source")]
    )
    ends = ends.join(open_.select(source="uid").unique(), on="source", how="semi")
    few = ends.group_by("source").len().filter(pl.col("len") <= MOST_CANDIDATES)["source"].implode()
    telling = pl.any_horizontal(pl.col("source", "target").is_in(few))
    mine = pl.any_horizontal(pl.col("source", "target").is_in(asking.implode()))
    return scored.filter(telling, mine), blocks.passed_over, pairs.height


def _scored(pairs: pl.DataFrame, whose: str) -> pl.DataFrame:
    """Return the pairs worth a look in the form of COLUMNS, each by the best of its names."""
    features = ORGANISATION if whose == "organisations" else PERSON
    weighed = weights(whose)
    told = judged(pairs, features)
    told = told.with_columns(weighed.score(features).round(_DECIMALS).alias("score"))
    pairs = pl.concat([pairs, told], how="horizontal")
    pairs = pairs.filter(pl.col("score") >= weighed.review, ~apart(features))
    first = pl.col("uid") < pl.col(_END)
    lacks = pl.when(pl.col("open" + OTHER)).then(pl.lit("双方均")).otherwise(pl.lit("一方"))
    intro = pl.format("名称相近：{} ／ {}", "name", "name" + OTHER)
    outro = pl.format("{}没有统一社会信用代码", lacks)
    words = in_words(features)
    if whose == "organisations":
        words = pl.concat_str([intro, words, outro], separator="；")
    found = pairs.select(
        pl.when(first).then("uid").otherwise(_END).alias("source"),
        pl.when(first).then(_END).otherwise("uid").alias("target"),
        "score",
        words.alias("evidence"),
        pl.concat_list("record_id", "record_id" + OTHER).list.unique().list.sort().alias("records"),
    )
    found = found.sort(
        "source", "target", "score", "evidence", descending=[False, False, True, False]
    )
    return found.unique(["source", "target"], keep="first", maintain_order=True)


def _affected(
    statements: Statements, before: pl.DataFrame, table: pl.DataFrame, touched: pl.Series
) -> pl.Series:
    """Return the parties whose pairs may be others than before.

    Those that are touched, that hold a key of one that is, or are known by an organisation that is.
    """
    mine = pl.col("uid").is_in(touched.implode())
    changed = pl.concat([before.filter(mine), table.filter(mine)])
    changed = changed.with_columns(place=pl.lit(0, pl.UInt32))
    firms, open_ = (part.filter(~pl.col("person")) for part in (changed, table.filter("open")))
    open_ = open_.with_columns(place=pl.lit(0, pl.UInt32))
    parts = [touched]
    for keys in ORGANISATION_KEYS.values():
        held = keys(firms, firms).select("key").unique()
        parts.append(keys(open_, firms).join(held, on="key", how="semi")["uid"])
    now = statements.of(touched)
    held = numbers(now).select("key").unique()
    parts.append(numbers(statements.frame).join(held, on="key", how="semi")["uid"])
    said = values(now, statements.rows, statements.resources)
    shared = said.filter(pl.col("kind") == "contact")["value"].unique()
    parts.append(contacts(statements.frame, statements.rows, statements.resources, shared)["uid"])
    inside = around(statements.whole_rows(now)).filter("person")
    parts.append(inside.filter(pl.col("owner").is_in(touched.implode()))["uid"])
    names = changed.filter("person").select("found_by").drop_nulls().unique()
    parts.append(table.filter("person").join(names, on="found_by", how="semi")["uid"])
    return pl.concat(parts).unique()


def _not_judged(
    table: pl.DataFrame, frame: pl.DataFrame, judgements: Sequence[Judgement]
) -> pl.DataFrame:
    apart_ = [judged for judged in judgements if judged.decision == DIFFERENT]
    if not apart_:
        return table
    ends = sorted({end for judged in apart_ for end in (judged.one, judged.other)})
    now = dict(frame.filter(pl.col("own_uid").is_in(ends)).select("own_uid", "uid").iter_rows())
    pairs = {
        tuple(sorted((now.get(judged.one, ""), now.get(judged.other, "")))) for judged in apart_
    }
    kept = [pair not in pairs for pair in table.select("source", "target").iter_rows()]
    return table.filter(pl.Series(kept, dtype=pl.Boolean))
