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
    changed_keys,
    organisation_blocks,
    person_blocks,
)
from loaders.resolve.judgements import DIFFERENT, Judgement
from loaders.resolve.pairs import Statements, beside, organisations, persons
from loaders.resolve.profiles import profiles, profiles_after
from loaders.resolve.values import around
from loaders.resolve.weights import weights

COLUMNS: dict[str, type[pl.DataType] | pl.DataType] = {
    "source": pl.String,
    "target": pl.String,
    "score": pl.Float64,
    "evidence": pl.String,
    "records": pl.List(pl.String),
}
FEATURES = {"organisations": ORGANISATION, "persons": PERSON}
_DECIMALS = 3
_END = "uid" + OTHER


@dataclass(frozen=True, slots=True)
class Leads:
    """Pairs in the form of COLUMNS, sorted by both ends.

    `profiles` are the names by which parties were found (loaders/resolve/profiles.py): kept, they
    spare the next load cutting every name again. `passed_over` counts by kind the keys that too
    many parties hold, of those that were asked for.
    """

    frame: pl.DataFrame
    profiles: pl.DataFrame
    passed_over: Mapping[str, int]


def leads(
    statements: Statements, judgements: Sequence[Judgement] = (), *, least: float | None = None
) -> Leads:
    """Return which parties may be one: similar names without a code, rare names of persons.

    A pair that was judged different is no lead any more; one of which nobody was sure remains.
    `least` is the least score of a lead, that of the weights if none is given.
    """
    table = profiles(statements.frame)
    asking = table["uid"].unique()
    scored, passed = _scored(statements, table, asking, least)
    return Leads(_settled([scored], statements, judgements), table, passed)


def leads_after(
    statements: Statements,
    judgements: Sequence[Judgement],
    before: Leads,
    touched: pl.Series,
    *,
    least: float | None = None,
) -> Leads:
    """Return what `leads` finds, comparing anew only those whose mentions or keys are touched.

    `before` are the leads of the former mentions; `touched` the uids, former and present, of
    parties that are new or gone or whose mentions or uid changed. Every former mention is still
    there, under its own uid or another; the judgements are the same.
    """
    touched = touched.unique()
    table = profiles_after(before.profiles, statements.frame, touched)
    asking = _affected(statements, before.profiles, table, touched)
    scored, passed = _scored(statements, table, asking, least)
    gone = pl.any_horizontal(pl.col("source", "target").is_in(asking.implode()))
    kept = before.frame.filter(~gone)
    return Leads(_settled([kept, scored], statements, judgements), table, passed)


def pairs_of(
    statements: Statements, table: pl.DataFrame, asking: pl.Series
) -> tuple[Mapping[str, pl.DataFrame], Mapping[str, int]]:
    """Return the judged pairs with an asking end, by whose they are, and the keys passed over."""
    placed = table.with_row_index("place")
    firms, people = placed.filter(~placed["person"]), placed.filter(placed["person"])
    of_firms, of_people = organisation_blocks(firms, asking), person_blocks(people, asking)
    sides = {
        "organisations": organisations(beside(of_firms.pairs, firms), firms, statements),
        "persons": persons(beside(of_people.pairs, people), people, statements),
    }
    told = {
        whose: pl.concat([pairs, judged(pairs, FEATURES[whose])], how="horizontal")
        for whose, pairs in sides.items()
    }
    return told, {**of_firms.passed_over, **of_people.passed_over}


def _scored(
    statements: Statements, table: pl.DataFrame, asking: pl.Series, least: float | None
) -> tuple[pl.DataFrame, Mapping[str, int]]:
    told, passed = pairs_of(statements, table, asking)
    return pl.concat([_worth(pairs, whose, least) for whose, pairs in told.items()]), passed


def _worth(pairs: pl.DataFrame, whose: str, least: float | None) -> pl.DataFrame:
    """Return the pairs worth a look in the form of COLUMNS, each by the best of its names."""
    features, weighed = FEATURES[whose], weights(whose)
    pairs = pairs.with_columns(weighed.score(features).round(_DECIMALS).alias("score"))
    enough = weighed.review if least is None else least
    pairs = pairs.filter(pl.col("score") >= enough, ~apart(features))
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
    changed = _changed(before.filter(mine), table.filter(mine))
    firms = changed.filter(~pl.col("person")).with_row_index("place")
    open_ = table.filter("open", ~pl.col("person")).with_row_index("place")
    now = statements.of(touched)
    shared = statements.values(now.filter(~pl.col("person")), {"contact"})["value"].unique()
    inside = around(statements.whole_rows(now)).filter("person")
    names = changed.filter("person").select("found_by").drop_nulls().unique()
    parts = [
        touched,
        changed_keys(firms, open_),
        statements.contacts(shared)["uid"],
        inside.filter(pl.col("owner").is_in(touched.implode()))["uid"],
        table.filter("person").join(names, on="found_by", how="semi")["uid"],
    ]
    return pl.concat(parts).unique()


def _changed(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Return the rows by which parties are found that are in one of both only."""
    one, other = (part.with_columns(pl.col("numbers").list.join("|")) for part in (before, now))
    keys = ["uid", "name_key", "open", "former", "numbers"]
    gone = before.filter(_missing(one, other, keys))
    return pl.concat([gone, now.filter(_missing(other, one, keys))])


def _missing(rows: pl.DataFrame, among: pl.DataFrame, keys: list[str]) -> pl.Series:
    there = among.select(keys).with_columns(there=True)
    found = rows.select(keys).join(
        there, on=keys, how="left", nulls_equal=True, maintain_order="left"
    )
    return found["there"].is_null()


def _settled(
    parts: list[pl.DataFrame], statements: Statements, judgements: Sequence[Judgement]
) -> pl.DataFrame:
    """Return the leads in order, without those that were judged different."""
    table, frame = pl.concat(parts).sort("source", "target"), statements.frame
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
