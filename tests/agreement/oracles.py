"""Slow and obvious answers: the definition of NRX as written, and every outcome of a cascade."""

from collections.abc import Mapping
from itertools import product

Pairs = Mapping[tuple[str, str], float]


def naive(pairs: Pairs, strength: Mapping[str, float], goal: str, hops: int) -> float:
    """X of the goal by the definition, one call a walk."""

    def value(node: str, gone: frozenset[str], left: int) -> float:
        own = strength.get(node, 0.0)
        return own if left == 0 else 1 - (1 - own) * kept(node, gone, left)

    def kept(node: str, gone: frozenset[str], left: int) -> float:
        rest = 1.0
        for (source, target), p in pairs.items():
            if target == node and source not in gone | {node}:
                rest *= 1 - p * value(source, gone | {node}, left - 1)
        return rest

    return 1 - kept(goal, frozenset(), hops)


def strongest(pairs: Pairs, strength: Mapping[str, float], goal: str, hops: int) -> float:
    """L of the goal: the best product over all simple chains."""

    def best(node: str, gone: frozenset[str], left: int) -> float:
        found = 0.0
        for (source, target), p in pairs.items():
            if target == node and source not in gone | {node} and left > 0:
                above = best(source, gone | {node}, left - 1)
                found = max(found, p * max(strength.get(source, 0.0), above))
        return found

    return best(goal, frozenset(), hops)


def cascade(pairs: Pairs, strength: Mapping[str, float], goal: str) -> float:
    """Probability that an open chain joins an active source to the goal, over all outcomes."""
    links = [(pair, p) for pair, p in pairs.items() if p > 0]
    seeds = [(node, s) for node, s in strength.items() if s > 0 and node != goal]
    total = 0.0
    for outcome in product((False, True), repeat=len(links) + len(seeds)):
        chance = 1.0
        for (_, p), happens in zip([*links, *seeds], outcome, strict=True):
            chance *= p if happens else 1 - p
        open_links = [pair for (pair, _), up in zip(links, outcome, strict=False) if up]
        lit = {node for (node, _), up in zip(seeds, outcome[len(links) :], strict=True) if up}
        for _ in range(len(links)):
            lit |= {target for source, target in open_links if source in lit}
        total += chance * (goal in lit)
    return total
