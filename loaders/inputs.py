"""What a snapshot is a function of, who hears while it is made, and what is said of it then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl
from pydantic import BaseModel

from graph.snapshot.difference import Difference

Progress = Callable[[str], None]
# Hears the name of a snapshot that is about to be made and its tables, which come one by one.
Beside = Callable[[str, Mapping[str, pl.DataFrame]], None]
# Hears the name of a snapshot and what it changes: of links nothing at first, then all of it.
Changed = Callable[[str, Difference], None]


class Inputs(BaseModel):
    """All that a snapshot is a function of: batches, catalogue, key, rules, judgements."""

    batches: list[str]
    catalogue: str
    key: str
    rules: int
    judgements: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Built:
    """The id of a snapshot; `change` turned the one `after` into it, where that is known."""

    snapshot: str
    after: str | None = None
    change: Difference | None = None
