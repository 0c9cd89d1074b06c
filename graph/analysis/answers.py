"""What an exposure answer consists of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from graph.schema.words import Text


class Contribution(NamedTuple):
    """The part of an exposure that one record has over one path.

    `path` are uids from the record's subject to the party, `links` keys, `types` and `factors`
    (0..1) one a step; `strength` is the record's, `share` its part of X. The sum of many small
    ones is a rest: record "" and path ().
    """

    record: str
    path: tuple[str, ...]
    links: tuple[str, ...]
    types: tuple[str, ...]
    factors: tuple[float, ...]
    strength: float
    share: float


@dataclass(frozen=True, slots=True)
class Exposure:
    """Exposure of one party: a lead for inspection priority, no record of dishonesty.

    `own` is S, `exposure` X within `hops` links, `floor` the strongest chain `floor_path`, `cut`
    1 - exp(-minimum cut), `cap` the smaller of X and cut, all 0..1; `cut_links` are named where
    the cut binds. `by_link_type` holds, by type, the part of X whose walks use such a link: a walk
    over two types counts for both. `counterfactual` is X less X without the record, for the
    largest. `capped`: there were more walks than the policy allows and fewer hops were answered.
    """

    uid: str
    name: str
    own: float
    exposure: float
    floor: float
    cut: float
    cap: float
    level: str
    hops: int
    policy: str
    snapshot: str
    as_of: date
    floor_path: tuple[str, ...]
    contributions: tuple[Contribution, ...]
    by_record: Mapping[str, float] = field(default_factory=dict)
    by_link_type: Mapping[str, float] = field(default_factory=dict)
    cut_links: tuple[str, ...] = ()
    counterfactual: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[Text, ...] = ()
    walked: int = 0
    capped: bool = False
