"""What several people's opinions on pairs amount to, and which of them contradict each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from graph.errors import DeskError
from loaders.resolve.judgements import DIFFERENT, SAME, UNSURE, Judgement

if TYPE_CHECKING:
    import networkx as nx

# What an opinion's pair has come to: it takes effect; so many persons must say so and too few did;
# two persons say otherwise of one pair; nobody is sure.
EFFECTIVE, WAITING, DISPUTED, OPEN = "effective", "waiting", "disputed", "unsure"


@dataclass(frozen=True, slots=True)
class Entry:
    """A judgement as it is listed; `undone_at` is set where it was taken back.

    `score` is what the comparison gave the pair then, `blind` that the judge did not see it.
    """

    id: int
    one: str
    one_name: str
    other: str
    other_name: str
    decision: str
    author: str
    reason: str
    snapshot: str
    made_at: str
    blind: bool = False
    score: float | None = None
    undone_at: str | None = None
    undone_by: str | None = None

    @property
    def judgement(self) -> Judgement:
        """Return what resolution needs of it."""
        return Judgement(self.one, self.other, self.decision)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the opinions on one pair amount to; of each author the last one counts."""

    opinions: tuple[Entry, ...]
    state: str
    decision: str


def verdicts(standing: Iterable[Entry], persons: int) -> list[Verdict]:
    """Return the verdict on every pair that was judged, in the order of first judgements.

    `persons` of one opinion give it effect; nobody may say the opposite.
    """
    by_pair: dict[tuple[str, ...], dict[str, Entry]] = {}
    for opinion in standing:
        authors = by_pair.setdefault(tuple(sorted((opinion.one, opinion.other))), {})
        authors[opinion.author] = opinion
    return [_verdict(tuple(authors.values()), persons) for authors in by_pair.values()]


def _verdict(opinions: tuple[Entry, ...], persons: int) -> Verdict:
    sure = [opinion.decision for opinion in opinions if opinion.decision != UNSURE]
    if not sure:
        return Verdict(opinions, OPEN, UNSURE)
    if len(set(sure)) > 1:
        return Verdict(opinions, DISPUTED, UNSURE)
    return Verdict(opinions, EFFECTIVE if len(sure) >= persons else WAITING, sure[0])


def effective(standing: Iterable[Entry], persons: int) -> tuple[Entry, ...]:
    """Return the judgements that take effect, one a pair: the first that says so."""
    return tuple(
        next(said for said in verdict.opinions if said.decision == verdict.decision)
        for verdict in verdicts(standing, persons)
        if verdict.state == EFFECTIVE
    )


def refuse_contradiction(
    said: str, pair: tuple[str, str], decision: str, standing: Sequence[Entry]
) -> None:
    """Refuse a judgement that a chain of others denies: A is B, B is C, but A is not C.

    Raises:
        DeskError: it is denied; the chain is named.
    """
    import networkx as nx  # noqa: PLC0415 - whoever judges nothing starts sooner without it

    same = nx.Graph()
    same.add_nodes_from(pair)
    for opinion in standing:
        if opinion.decision == SAME:
            same.add_edge(opinion.one, opinion.other, opinion=opinion)
    chain: Sequence[str] | None = None
    if decision == DIFFERENT and nx.has_path(same, *pair):
        chain = _chain(same, *pair)
    elif decision == SAME:
        chain = _denial(same, pair, standing)
    if chain:
        raise DeskError("judgement", said, f"is denied by {'; '.join(chain)}")


def _denial(
    same: "nx.Graph", pair: tuple[str, str], standing: Sequence[Entry]
) -> Sequence[str] | None:
    """Return the judgements that keep apart what hangs on the two."""
    import networkx as nx  # noqa: PLC0415 - whoever judges nothing starts sooner without it

    for opinion in standing:
        if opinion.decision != DIFFERENT:
            continue
        same.add_nodes_from((opinion.one, opinion.other))
        for ends in ((opinion.one, opinion.other), (opinion.other, opinion.one)):
            if all(nx.has_path(same, *step) for step in zip(pair, ends, strict=True)):
                chains = [_chain(same, *step) for step in zip(pair, ends, strict=True)]
                return [*chains[0], *chains[1], _opinion(opinion, "is not")]
    return None


def _chain(same: "nx.Graph", one: str, other: str) -> list[str]:
    import networkx as nx  # noqa: PLC0415 - whoever judges nothing starts sooner without it

    path = nx.shortest_path(same, one, other)
    opinions: list[Entry] = [same.edges[step]["opinion"] for step in pairwise(path)]
    return [_opinion(said, "is") for said in opinions]


def _opinion(said: Entry, word: str) -> str:
    by = f"{said.author}, {said.made_at}"
    return f"no. {said.id}: {said.one_name} {word} {said.other_name} ({by})"
