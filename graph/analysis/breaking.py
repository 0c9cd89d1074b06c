"""The fewest facts whose removal makes a conclusion fall: minimum hitting sets of its proofs.

A conclusion that removals can only weaken stands as long as one of its proofs does: a smallest set
of items that is enough for it. Proofs are found one by one, each where the fewest facts that hit
all proofs known so far do not yet make it fall (implicit hitting sets, Moreno-Centeno and Karp,
Operations Research 61 (2013) 453-468). The last such set is a smallest one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Items = frozenset[int]
# Whether the conclusion stands without these items.
Holds = Callable[[Items], bool]
# Gives the facts that matter to a proof: each is the set of items that fall with it.
FactsOf = Callable[[Items], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Broken:
    """The fewest facts found, by number, in order.

    `exact`: fewer cannot do; else at least `least` are needed and `facts` are at most so many.
    `single` are the facts that alone make it fall; `proofs` those found, as items; `asked` how
    often the conclusion was evaluated. Without `facts` none was found within the bound.
    """

    facts: tuple[int, ...]
    exact: bool
    least: int
    single: tuple[int, ...]
    proofs: tuple[Items, ...]
    asked: int


class _Spent(Exception):  # noqa: N818 - no error: the bound was met
    """The conclusion was evaluated as often as it may be."""


class _Search:
    def __init__(self, size: int, drops: Sequence[Items], holds: Holds, most: int) -> None:
        self.every = frozenset(range(size))
        self.drops, self._holds, self.most = drops, holds, most
        self.asked = 0
        self.proofs: list[Items] = []

    def holds(self, removed: Items) -> bool:
        if self.asked >= self.most:
            raise _Spent
        self.asked += 1
        return self._holds(removed)

    def removed(self, facts: Sequence[int]) -> Items:
        return frozenset().union(*(self.drops[fact] for fact in facts))

    def proof(self, without: Items) -> Items:
        """Return a smallest set of items, none of `without`, that is enough."""
        kept = sorted(self.every - without)
        width = max(len(kept) // 2, 1)
        while True:
            begin = 0
            while begin < len(kept):
                fewer = kept[:begin] + kept[begin + width :]
                if self.holds(self.every - frozenset(fewer)):
                    kept = fewer
                else:
                    begin += width
            if width == 1:
                return frozenset(kept)
            width = max(width // 2, 1)

    def hitting(self) -> tuple[int, ...]:
        """Return the fewest facts that hit every proof; of equally few the first in order."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - start sooner

        useful = [
            fact
            for fact, items in enumerate(self.drops)
            if any(items & proof for proof in self.proofs)
        ]
        table = np.array(
            [[bool(self.drops[fact] & proof) for fact in useful] for proof in self.proofs], float
        )
        # Less than one fact in all, so that it only chooses among equally few.
        size = len(useful)
        cost = 1 + np.arange(size) / (2 * size * (size + 1))
        solved = milp(
            cost,
            constraints=LinearConstraint(table, 1, np.inf),
            integrality=np.ones(size),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": 0.0},
        )
        return tuple(fact for fact, taken in zip(useful, solved.x, strict=True) if taken > 0.5)  # noqa: PLR2004 - 0 or 1

    def single(self) -> tuple[int, ...]:
        """Return the facts that alone make the conclusion fall; each of them hits every proof."""
        likely = [
            fact
            for fact, items in enumerate(self.drops)
            if all(items & proof for proof in self.proofs)
        ]
        return tuple(fact for fact in likely if not self.holds(self.drops[fact]))

    def upper(self, facts: Sequence[int]) -> tuple[int, ...]:
        """Return facts that make it fall, none of them needless, from ones that may not yet."""
        taken = list(facts)
        while self.holds(self.removed(taken)):
            proof = self.proof(self.removed(taken))
            self.proofs.append(proof)
            gain = [(-sum(bool(items & one) for one in self.proofs), fact)
                    for fact, items in enumerate(self.drops) if items & proof]  # fmt: skip
            taken.append(min(gain)[1])
        for fact in list(taken):
            rest = [one for one in taken if one != fact]
            if not self.holds(self.removed(rest)):
                taken = rest
        return tuple(sorted(taken))


def break_it(size: int, drops: Sequence[Items], holds: Holds, most: int) -> Broken:
    """Return the fewest facts without which a conclusion about `size` items does not stand.

    `drops` are the items that fall with each fact; every item falls with at least one. The
    conclusion is evaluated at most `most` times exactly, and as often again for an upper bound.
    """
    search = _Search(size, drops, holds, most)
    facts: tuple[int, ...] = ()
    try:
        while search.holds(search.removed(facts)):
            search.proofs.append(search.proof(search.removed(facts)))
            if not search.proofs[-1]:
                # It stands without any item: nothing makes it fall.
                return Broken((), exact=True, least=0, single=(), proofs=(), asked=search.asked)
            facts = search.hitting()
        single = search.single() if len(facts) == 1 else ()
        done = tuple(search.proofs)
        return Broken(
            facts, exact=True, least=len(facts), single=single, proofs=done, asked=search.asked
        )
    except _Spent:
        least = len(facts)
    search.most *= 2
    try:
        upper = search.upper(facts)
    except _Spent:
        upper = ()
    done = tuple(search.proofs)
    return Broken(upper, exact=False, least=least, single=(), proofs=done, asked=search.asked)
