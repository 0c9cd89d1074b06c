"""The fewest facts whose removal makes a conclusion fall: minimum hitting sets of its proofs.

A conclusion that removals can only weaken stands as long as one of its proofs does: a smallest set
of items that is enough for it. Proofs are found one by one, each where the fewest facts that hit
all proofs known so far do not yet make it fall (implicit hitting sets, Moreno-Centeno and Karp,
Operations Research 61 (2013) 453-468). The last such set is a smallest one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graph.analysis.lens import Deadline

Items = frozenset[int]
# Beyond so many items a proof is looked for among the likely ones alone.
_MANY = 2_000
# Further evaluations for facts that are not proved the fewest, and the part of the time for them.
_FURTHER = 100
_FOR_A_BOUND = 0.4
# Whether the conclusion stands without these items.
Holds = Callable[[Items], bool]
# Sets of items that may be enough where some are gone, small ones first; none need be.
Likely = Callable[[Items], Iterator[Items]]
# The fact that weighs most where some items are gone, None where nobody knows.
Heaviest = Callable[[Items], int | None]
# More facts that matter to a proof: by number, from the number of items on, what falls with each.
More = Callable[[Items], dict[int, Items]]


@dataclass(frozen=True, slots=True)
class Broken:
    """The fewest facts found, by number, in order; an item alone has the number of the item.

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
    timed_out: bool = False


class _SpentError(Exception):
    """The conclusion was evaluated as often as it may be."""


@dataclass(frozen=True, slots=True)
class Question:
    """A conclusion about `size` items: whether it holds, what is likely enough, further facts.

    `alone` says whether it stands on some items and no others, where that is quicker to find out.
    """

    size: int
    holds: Holds
    likely: Likely | None = None
    more: More | None = None
    alone: Holds | None = None
    heaviest: Heaviest | None = None


class _Search:
    def __init__(self, question: Question, most: int, timeout: float | None) -> None:
        self.deadline = Deadline(timeout)
        self.every = frozenset(range(question.size))
        self._question, self.most = question, most
        self.asked = 0
        self.proofs: list[Items] = []
        self._more: dict[int, Items] = {}

    def holds(self, removed: Items) -> bool:
        self._ask()
        return self._question.holds(removed)

    def _ask(self) -> None:
        if self.asked >= self.most or self.deadline.over():
            raise _SpentError
        self.asked += 1

    def alone(self, kept: Items) -> bool:
        if self._question.alone is None:
            return self.holds(self.every - kept)
        self._ask()
        return self._question.alone(kept)

    def drops(self, fact: int) -> Items:
        return self._more[fact] if fact in self._more else frozenset({fact})

    def removed(self, facts: Sequence[int]) -> Items:
        return frozenset().union(*(self.drops(fact) for fact in facts))

    def take(self, without: Items) -> bool:
        """Find a proof without some items and keep it; False where it needs no item at all."""
        proof = self._smallest(self._enough(without))
        self.proofs.append(proof)
        if self._question.more is not None:
            self._more |= self._question.more(proof)
        return bool(proof)

    def _enough(self, without: Items) -> list[int]:
        if self._question.likely is not None:
            for items in self._question.likely(without):
                kept = items - without
                if self.alone(kept):
                    return sorted(kept)
            if len(self.every) > _MANY:
                # It rests on so many small parts that no proof of it would be found in time.
                raise _SpentError
        return sorted(self.every - without)

    def _smallest(self, kept: list[int]) -> Items:
        """Return a smallest set of these items that is enough: halves, then quarters, leave."""
        width = max(len(kept) // 2, 1)
        while True:
            begin = 0
            while begin < len(kept):
                fewer = kept[:begin] + kept[begin + width :]
                if self.alone(frozenset(fewer)):
                    kept = fewer
                else:
                    begin += width
            if width == 1:
                return frozenset(kept)
            width = max(width // 2, 1)

    def useful(self) -> list[int]:
        """Return the facts that hit a proof, in order."""
        items = frozenset().union(*self.proofs)
        return [*sorted(items), *sorted(fact for fact in self._more if self._more[fact] & items)]

    def hitting(self) -> tuple[int, ...]:
        """Return the fewest facts that hit every proof; of equally few the first in order."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - start sooner

        useful = self.useful()
        table = np.array(
            [[bool(self.drops(fact) & proof) for fact in useful] for proof in self.proofs], float
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
            fact for fact in self.useful() if all(self.drops(fact) & proof for proof in self.proofs)
        ]
        return tuple(fact for fact in likely if not self.holds(self.drops(fact)))

    def upper(self, facts: Sequence[int]) -> tuple[int, ...]:
        """Return facts that make it fall, none of them needless, from ones that may not yet."""
        taken = list(facts)
        while self.holds(self.removed(taken)):
            taken.append(self._next(self.removed(taken)))
        for fact in list(taken):
            rest = [one for one in taken if one != fact]
            if not self.holds(self.removed(rest)):
                taken = rest
        return tuple(sorted(taken))

    def _next(self, gone: Items) -> int:
        """Return a fact that weighs much where some items are gone already."""
        known = self._question.heaviest
        heaviest = None if known is None else known(gone)
        if heaviest is not None:
            return heaviest
        self.take(gone)
        gain = [
            (-sum(bool(self.drops(fact) & one) for one in self.proofs), fact)
            for fact in self.useful()
            if self.drops(fact) & self.proofs[-1]
        ]
        return min(gain)[1]


def break_it(question: Question, most: int, timeout: float | None = None) -> Broken:
    """Return the fewest facts without which a conclusion does not stand.

    It is evaluated at most `most` times for the exact answer, and some more for a bound: all in
    `timeout` seconds, of which the bound is left its part.
    """
    whole = Deadline(timeout)
    search = _Search(question, most, None if timeout is None else timeout * (1 - _FOR_A_BOUND))
    facts: tuple[int, ...] = ()
    try:
        while search.holds(search.removed(facts)):
            if not search.take(search.removed(facts)):
                # It stands without any item: nothing makes it fall.
                return Broken((), exact=True, least=0, single=(), proofs=(), asked=search.asked)
            facts = search.hitting()
        single = search.single() if len(facts) == 1 else ()
        done = tuple(search.proofs)
        return Broken(facts, True, len(facts), single, done, search.asked)  # noqa: FBT003 - exact
    except _SpentError:
        # It stands without the facts that were found, and with nothing removed.
        least = max(len(facts), 1)
    late, search.deadline = search.deadline.passed, Deadline(whole.left())
    search.most = search.asked + _FURTHER
    try:
        upper = search.upper(facts)
    except _SpentError:
        upper = ()
    return Broken(
        upper,
        exact=len(upper) == least,
        least=least,
        single=(),
        proofs=tuple(search.proofs),
        asked=search.asked,
        timed_out=late,
    )
