"""What a snapshot is a function of, who hears while it is made, and what is said of it then."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel

from graph.identifiers.identity import IdentityKey
from loaders.batches import Batches
from loaders.catalogue.catalog import Catalogue

if TYPE_CHECKING:
    import polars as pl

    from graph.snapshot.difference import Difference
    from loaders.resolve.judgements import Judgement

# Counted up when resolution or projection changes what they make of the same ledger.
RULES = 14

# Hears the name of a snapshot that is about to be made and its tables, which come one by one.
Beside = Callable[[str, "Mapping[str, pl.DataFrame]"], None]
# Hears the name of a snapshot and what it changes: of links nothing at first, then all of it.
Changed = Callable[[str, "Difference"], None]


class Inputs(BaseModel):
    """All that a snapshot is a function of: batches, catalogue, key, rules, judgements."""

    batches: list[str]
    catalogue: str
    key: str
    rules: int
    judgements: list[tuple[str, str, str]]


def inputs_of(
    ledger: Batches, catalogue: Catalogue, key: IdentityKey, judgements: "Sequence[Judgement]"
) -> Inputs:
    """Return all that the snapshot of a ledger is a function of."""
    resources = [item.model_dump(mode="json") for item in catalogue.resources()]
    return Inputs(
        batches=sorted(batch.batch for batch in ledger.batches()),
        catalogue=hashlib.sha256(json.dumps(resources, sort_keys=True).encode()).hexdigest(),
        key=key.fingerprint,
        rules=RULES,
        judgements=sorted((one.one, one.other, one.decision) for one in judgements),
    )


@dataclass(frozen=True, slots=True)
class Built:
    """The id of a snapshot; `change` turned the one `after` into it, where that is known."""

    snapshot: str
    after: str | None = None
    change: "Difference | None" = None
