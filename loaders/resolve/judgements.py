"""What people decided: two are one or not. It wins over names, never over valid codes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
DECISIONS = (SAME, DIFFERENT, UNSURE)
RULE = "judgement"
# Of a mention that a person took out of the party that a name put it into.
DETACHED = "detached"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision on two parties, each by a uid that it had when it was decided (an alias then)."""

    one: str
    other: str
    decision: str


def ends(judgements: Iterable[Judgement]) -> list[str]:
    """Return the uids that judgements speak of, sorted and once each."""
    return sorted({end for judged in judgements for end in (judged.one, judged.other)})


def with_judgements(
    grouped: pl.DataFrame, proofs: pl.DataFrame, judgements: Sequence[Judgement]
) -> tuple[pl.DataFrame, list[Judgement]]:
    """Return the mentions with groups judged the same put together, and what could not be.

    `grouped` has mention, group, rule, own_uid and what tells which is older; `proofs` (mention,
    proof, coded) the valid codes and identity numbers: two groups that bear different ones stay two
    whatever was judged. A mention without a code that was judged different from another of its
    group leaves it; where a code puts it there, it stays.
    """
    wanted = ends(judgements)
    if not wanted:
        return grouped, []
    grouped, vetoed = _detached(grouped, proofs, judgements)
    known = grouped.filter(pl.col("own_uid").is_in(wanted))
    group_of = dict(known.select("own_uid", "group").iter_rows())
    root = {group: group for group in group_of.values()}
    proven = _proofs(grouped, proofs, root)
    order = sorted(
        judgements, key=lambda judged: (judged.decision != DIFFERENT, judged.one, judged.other)
    )
    apart = [
        (group_of[judged.one], group_of[judged.other])
        for judged in order
        if judged.decision == DIFFERENT and judged.one in group_of and judged.other in group_of
    ]
    for judged in order:
        if judged.decision != SAME or not {judged.one, judged.other} <= set(group_of):
            continue
        pair = (root[group_of[judged.one]], root[group_of[judged.other]])
        # The one with a code keeps the rules by which it was put together.
        first, second = sorted(pair, key=lambda group: (not proven[group], group))
        if first == second:
            continue
        denied = any({root[a], root[b]} == {first, second} for a, b in apart)
        if denied or (proven[first] and proven[second] and not proven[first] & proven[second]):
            vetoed.append(judged)
            continue
        proven[first] |= proven[second]
        root = {group: first if now == second else now for group, now in root.items()}
    moved = {group: now for group, now in root.items() if group != now}
    if not moved:
        return grouped, vetoed
    inside = pl.col("group").is_in(sorted(moved))
    return grouped.with_columns(
        pl.when(inside).then(pl.lit(RULE)).otherwise(pl.col("rule")).alias("rule"),
        pl.col("group").replace(moved).alias("group"),
    ), vetoed


def _detached(
    grouped: pl.DataFrame, proofs: pl.DataFrame, judgements: Sequence[Judgement]
) -> tuple[pl.DataFrame, list[Judgement]]:
    """Return the mentions with those in groups of their own that were judged not to belong."""
    apart = sorted(
        (judged for judged in judgements if judged.decision == DIFFERENT),
        key=lambda judged: (judged.one, judged.other),
    )
    mine = grouped.filter(pl.col("own_uid").is_in(ends(apart))).join(
        proofs.select("mention", "coded"), on="mention", how="left"
    )
    # From the oldest: of two without a code the younger leaves.
    mine = mine.sort("seen_on", "record_id", "role", nulls_last=True)
    order = {uid: place for place, uid in enumerate(mine["own_uid"])}
    group_of = dict(mine.select("own_uid", "group").iter_rows())
    coded = dict(mine.select("own_uid", "coded").iter_rows())
    left: set[str] = set()
    vetoed = []
    for judged in apart:
        pair = (judged.one, judged.other)
        if not all(end in group_of for end in pair) or left & set(pair):
            continue
        if group_of[judged.one] != group_of[judged.other]:
            continue
        free = [end for end in pair if not coded[end]]
        if free:
            left.add(max(free, key=lambda end: order[end]))
        else:
            vetoed.append(judged)
    if not left:
        return grouped, vetoed
    leaves = pl.col("own_uid").is_in(sorted(left))
    return grouped.with_columns(
        pl.when(leaves).then("s:" + pl.col("own_uid")).otherwise("group").alias("group"),
        pl.when(leaves).then(pl.lit(DETACHED)).otherwise("rule").alias("rule"),
    ), vetoed


def gone(judgements: Sequence[Judgement], own_uids: pl.Series) -> tuple[Judgement, ...]:
    """Return the judgements on a party that no mention makes any more."""
    wanted = ends(judgements)
    known = set(own_uids.filter(own_uids.is_in(wanted)))
    return tuple(judged for judged in judgements if not {judged.one, judged.other} <= known)


def _proofs(
    grouped: pl.DataFrame, proofs: pl.DataFrame, groups: Iterable[str]
) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {group: set() for group in groups}
    mine = grouped.filter(pl.col("group").is_in(sorted(found))).join(proofs, on="mention")
    for group, proof in mine.select("group", "proof").drop_nulls().iter_rows():
        found[group].add(proof)
    return found
