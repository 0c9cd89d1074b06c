"""What a pattern found: leads, each with its null model, and how far the search went."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from graph.policy.patterns import Rule

# What a fact of a finding may be; texts fill it into sentences.
Fact = str | int | float | None
# One line of a list in a finding: a name, a code, a count beside each other.
Item = tuple[Fact, ...]
SEARCHED, NOTHING, NO_DATA = "searched", "nothing", "no_data"
_ID_DIGITS = 10
# Nobody reads more of one pattern; the answer says how many more there were.
MOST_FINDINGS = 5_000


def lead_id(pattern: str, uids: Iterable[str]) -> str:
    """Return the id of a lead: of its pattern and who makes it, in whatever order."""
    text = "\n".join((pattern, *sorted(set(uids))))
    return f"{pattern}-{hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]}"


@dataclass(frozen=True, slots=True)
class Member:
    """One node that plays in a finding, and as what."""

    uid: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One lead (待核线索): never a fact, and nothing follows from it by itself.

    `key` are the uids that make it this lead and no other. `population` N, `count` k, `p` and
    `lift` are those of the pattern's null model, None where it has none; `interval` is Wilson's for
    the rate k/n. `links` are link keys and `records` record uids on which it rests.
    """

    rule: Rule
    key: tuple[str, ...]
    members: tuple[Member, ...]
    population: int
    count: int
    links: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    p: float | None = None
    lift: float | None = None
    interval: tuple[float, float] | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Item]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the lead's id: of its pattern and who makes it, whatever else changes."""
        return lead_id(self.rule.code, self.key)


@dataclass(frozen=True, slots=True)
class Leads:
    """The answer of one pattern: its leads, and what was searched, skipped and cut off.

    `state` is SEARCHED, NOTHING where there was nothing to search, or NO_DATA where the graph holds
    no such data at all. `skipped` counts by reason, `capped` says which bound was hit by how much.
    """

    rule: Rule
    state: str
    findings: tuple[Finding, ...]
    searched: int
    skipped: Mapping[str, int]
    capped: Mapping[str, int]
    as_of: date
    snapshot: str


@dataclass(slots=True)
class Search:
    """What a pattern's run gathers."""

    searched: int = 0
    findings: list[Finding] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    capped: Counter[str] = field(default_factory=Counter)

    def skip(self, reason: str, count: int) -> None:
        """Count what was left aside; nothing is counted where nothing was."""
        if count:
            self.skipped[reason] += count

    def answer(self, rule: Rule, as_of: date, snapshot: str) -> Leads:
        """Return the leads, least likely by chance first; equal ones by count, then id."""
        ordered = sorted(
            self.findings,
            key=lambda one: (1.0 if one.p is None else one.p, -one.count, one.id),
        )
        if len(ordered) > MOST_FINDINGS:
            self.capped["findings"] = len(ordered) - MOST_FINDINGS
        return Leads(
            rule=rule,
            state=SEARCHED if self.searched else NOTHING,
            findings=tuple(ordered[:MOST_FINDINGS]),
            searched=self.searched,
            skipped=dict(sorted(self.skipped.items())),
            capped=dict(sorted(self.capped.items())),
            as_of=as_of,
            snapshot=snapshot,
        )
