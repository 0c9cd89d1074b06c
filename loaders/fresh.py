"""Rows of a load that say something new: what the batches before already said is passed over."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from loaders.ledger import Ledger
from loaders.resolve.mentions import FIRST, statements_of

_BEFORE = "_before"


@dataclass(frozen=True, slots=True)
class Said:
    """The statements of some batches by resource; of those of `again` some are known already.

    The ledger compared each batch with those before it when it came.
    """

    parts: Mapping[str, pl.DataFrame]
    again: frozenset[str]


def said_in(ledger: Ledger, batches: Collection[str]) -> Said:
    """Return what these batches say.

    Raises:
        LedgerError: a file of the manifest is missing.
    """
    mine = [batch for batch in ledger.batches() if batch.batch in batches]
    parts = statements_of(ledger, sorted({batch.resource for batch in mine}), batches)
    return Said(parts, frozenset(batch.resource for batch in mine if batch.merged))


def new_rows(said: Said, before: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame] | None:
    """Return the statements of batches that no earlier one makes, by resource.

    `before` are those of all other batches, which were there first. None where an earlier
    statement now stands first in one of these batches.
    """
    place = ["record_id", *FIRST]
    parts = dict(said.parts)
    for code in _known_again({code: parts[code] for code in said.again}, before):
        known = before[code].lazy().select(place)
        new = parts[code].lazy().select(place)
        there = new.join(known, on="record_id", suffix=_BEFORE).collect()
        if there.select(_earlier(FIRST).any()).item():
            return None
        parts[code] = parts[code].join(there, on="record_id", how="anti", maintain_order="left")
    return {code: part for code, part in parts.items() if part.height}


def _known_again(
    parts: Mapping[str, pl.DataFrame], before: Mapping[str, pl.DataFrame]
) -> frozenset[str]:
    """Return the resources of which rows say what is known: all are asked in one go."""
    codes = [code for code in parts if code in before]
    if not codes:
        return frozenset()
    known = pl.concat(before[code].lazy().select("record_id") for code in codes)
    new = pl.concat(parts[code].lazy().select("record_id", code=pl.lit(code)) for code in codes)
    return frozenset(new.join(known, on="record_id", how="semi").collect()["code"])


def _earlier(columns: Sequence[str]) -> pl.Expr:
    """Return whether the columns come before those of the same name and _BEFORE, in order."""
    first, *others = columns
    mine, theirs = pl.col(first), pl.col(first + _BEFORE)
    rest = _earlier(others) if others else pl.lit(value=False)
    return (mine < theirs) | ((mine == theirs) & rest)
