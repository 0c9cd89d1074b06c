"""Clusters: which mentions are one party. First version: identifiers, full names, anchors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from loaders.resolve.judgements import Judgement, gone, with_judgements
from loaders.resolve.mentions import Mentions
from loaders.resolve.organisations import resolve_organisations
from loaders.resolve.persons import resolve_persons


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which party each mention is.

    `frame` has one row a mention in the order of Mentions.frame: `uid` of the party and `rule`,
    the reason why it is there. `skipped` counts identifier values that join nobody because too
    many different names hold them.
    """

    frame: pl.DataFrame
    skipped: Mapping[str, int]


def clusters(mentions: Mentions, judgements: Sequence[Judgement] = ()) -> Clusters:
    """Return the party of every mention; the order of mentions plays no part.

    What people judged to be the same is put together after the rules, unless valid codes differ.

    A party's uid is the own uid of its oldest mention by (date of the data, record, role), so it
    survives as long as that statement does.
    """
    frame = mentions.frame.with_row_index("mention")
    proofs = frame.select("mention", pl.coalesce("uscc", "id_hash").alias("proof"))
    organisations, skipped = resolve_organisations(frame.filter(~pl.col("person")))
    organisations, judged = with_judgements(organisations, proofs, judgements)
    placed = _with_uid(organisations)
    anchored = _anchors(frame.filter("person"), frame, placed)
    persons, more = resolve_persons(anchored)
    persons, judged_persons = with_judgements(persons, proofs, judgements)
    found = pl.concat([placed, _with_uid(persons)]).sort("mention")
    counts = {
        "judgements_vetoed": judged + judged_persons,
        "judgements_gone": gone(judgements, mentions.frame["own_uid"]),
    }
    return Clusters(found.select("uid", "rule"), {**skipped, **more, **counts})


def _with_uid(grouped: pl.DataFrame) -> pl.DataFrame:
    """Return (mention, uid, rule): the group's uid is that of its oldest mention."""
    first = (
        grouped.sort("seen_on", "record_id", "role", nulls_last=True)
        .group_by("group", maintain_order=True)
        .agg(pl.col("own_uid").first().alias("uid"))
    )
    joined = grouped.join(first, on="group", how="left", maintain_order="left")
    return joined.select("mention", "uid", "rule")


def _anchors(persons: pl.DataFrame, frame: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Return the persons with `organisation`, the uid of the party by which each is known."""
    owners = frame.join(placed.select("mention", "uid"), on="mention", how="inner")
    owners = owners.select("resource", "at", pl.col("role").alias("anchor"), "uid")
    return persons.join(
        owners.rename({"uid": "organisation"}),
        on=["resource", "at", "anchor"],
        how="left",
        maintain_order="left",
    )
