"""How common a name is among the parties of a snapshot: what many bear tells nobody apart."""

from dataclasses import dataclass

from graph.analysis.finder import NAME, finder
from graph.model import Node
from graph.names.key import comparable
from graph.names.segments import SHORTEST_BRAND, segments
from graph.snapshot.reader import Snapshot

# Beyond this a brand is common, however many more there are.
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Commonness:
    """How many parties bear a whole name, and how many organisations' names hold its brand.

    `holders` is None for a person or a name without a brand; MOST_COUNTED says at least so many.
    """

    name: str
    bearers: int
    brand: str
    holders: int | None


def commonness(snapshot: Snapshot, node: Node) -> Commonness:
    """Return how common the name of a party is."""
    looked = finder(snapshot)
    bearers = {row for row, column, _ in looked.equal(node.name) if column == NAME}
    brand = "" if node.label == "Person" else segments(comparable(node.name)).brand
    if len(brand) < SHORTEST_BRAND:
        return Commonness(node.name, len(bearers), "", None)
    held = looked.organisations.index.holding(brand, MOST_COUNTED)
    rows = {looked.organisations[place][0] for place, _ in held}
    return Commonness(node.name, len(bearers), brand, len(rows))
