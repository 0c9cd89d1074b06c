"""What a snapshot is a function of, and what is said of one that was made."""

from dataclasses import dataclass

from pydantic import BaseModel

from graph.snapshot.difference import Difference


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
