"""The certificate of an exposure: a nested document that a person can check by multiplying."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.analysis.edits import Edit, changes_of
from graph.analysis.exposure import walks_of
from graph.analysis.kernels.factors import WHOLE, parts_of, present, whole_ppm
from graph.analysis.kernels.tree import split
from graph.analysis.verify import (
    METHOD,
    NOTICE,
    factor_of,
    nine,
    precision,
    product_of,
    value_of,
)
from graph.analysis.view import View
from graph.analysis.walks import Walks
from graph.snapshot import form

# Children with a smaller part of X than this are summed into one line.
SMALL = 0.01
_X_DECIMALS = 12


def _plain(value: float) -> str:
    return f"{Decimal(repr(round(value, _X_DECIMALS))):f}"


class _Child(NamedTuple):
    """An edge and what comes over it: T, its amount of X, and its entry, -1 of a last link."""

    edge: int
    entry: int
    value: float
    amount: float


class _Writer:
    """Writes the tree of one answer, root first."""

    def __init__(self, view: View, walks: Walks, dropped: NDArray[np.int64]) -> None:
        self.view, self.walks, self.dropped = view, walks, dropped
        local, problem = walks.local, walks.problem
        self.local, self.problem = local, problem
        self.amount = split(problem, walks.tree)
        self.below: dict[int, list[int]] = {}
        for entry, parent in enumerate(walks.tree.parent.tolist()):
            self.below.setdefault(parent, []).append(entry)

    def children(self, entry: int) -> list["_Child"]:
        """Return what leads into an entry: others, and the last links."""
        walks, tree, ends = self.walks, self.walks.tree, self.walks.ends
        found = [
            _Child(int(tree.edge[one]), one, float(tree.value[one]), float(self.amount[one]))
            for one in self.below.get(entry, [])
        ]
        if tree.last[entry]:
            each = float(self.amount[entry] / tree.weight[entry])
            begun = walks.begun(entry)
            columns = (ends.strength[begun].tolist(), (each * ends.weight[begun]).tolist())
            for edge, value, amount in zip(begun.tolist(), *columns, strict=True):
                found.append(_Child(edge, -1, value, amount))
        return found

    def factors(self, edge: int) -> dict[str, str]:
        """Return what p of an edge is the product of."""
        web, row = self.view.web, int(self.local.row[edge])
        if web.given[row] >= 0:
            return {"given": _plain(int(web.given[row]) / WHOLE)}
        source, target = int(web.source[row]), int(web.target[row])
        listed = web.out_row[web.out_start[source] : web.out_start[source + 1]]
        same = [int(other) for other in listed if int(web.target[other]) == target]
        rows = np.array([other for other in same if present(web, other, self.dropped)], np.int64)
        place = int(np.flatnonzero(rows == row)[0])
        beta, phi, hubs, age = parts_of(
            web,
            rows,
            rows.size,
            place,
            int(self.local.way[edge]),
            self.view.day,
            self.view.rules,
            self.dropped,
        )
        p = min(whole_ppm(beta * phi * hubs * age), self.view.rules.cap)
        if p != self.problem.p[edge]:
            beta = self.view.rules.cited
        parts = {"beta": beta, "phi": phi, "hubs": hubs, "age": age}
        return {name: _plain(value) for name, value in parts.items()}

    def records(self, edge: int) -> list[dict[str, Any]]:
        """Return the records that start over an edge, with strengths in ppm."""
        seeds = self.local.seeds
        return [
            {"record": seeds.uids[place], "strength": int(seeds.strength[place])}
            for place in self.local.records(edge)
        ]

    def child(self, one: "_Child") -> dict[str, Any]:
        """Return the line of one child with everything below it."""
        edge = one.edge
        below = self.node(
            int(self.problem.source[edge]),
            int(self.problem.seed[edge]),
            self.records(edge),
            one.entry,
        )
        p = int(self.problem.p[edge])
        return {
            "link": self.view.key_at(int(self.local.row[edge])),
            "type": form.TYPES[int(self.view.web.kind[self.local.row[edge]])],
            "way": "along" if self.local.way[edge] else "against",
            "p": p,
            "factors": self.factors(edge),
            "factor": factor_of(p, below["T"]),
            "from": below,
        }

    def _rest(self, small: Sequence["_Child"]) -> dict[str, Any]:
        product = 1.0
        for one in small:
            product *= 1 - self.problem.p[one.edge] / WHOLE * one.value
        printed = nine(Decimal(repr(float(product))))
        return {"children": len(small), "product": printed, "factor": nine(1 - Decimal(printed))}

    def node(
        self, node: int, strength: int, records: list[dict[str, Any]], entry: int
    ) -> dict[str, Any]:
        """Return a node with its children; `entry` 0 is the root, -1 nothing leads into."""
        below = self.children(entry) if entry >= 0 else []
        least = SMALL * self.walks.exposure
        # Of equal parts the earlier comes first.
        large = sorted((one for one in below if one.amount >= least), key=lambda one: -one.amount)
        small = [one for one in below if one.amount < least]
        children = [self.child(one) for one in large]
        rest = self._rest(small) if small else None
        place = int(self.local.nodes[node])
        with localcontext() as context:
            context.prec = precision(len(children))
            factors = [child["factor"] for child in children]
            product = product_of(factors, rest["product"] if rest else None)
            value = value_of(strength, product)
            printed = nine(product)
        return {
            "node": self.view.snapshot.uid_at(place),
            "name": self.view.snapshot.name_at(place),
            "S": strength,
            "records": records,
            "children": children,
            "rest": rest,
            "product": printed,
            "T": value,
        }


def certificate(
    view: View, uid: str, hops: int | None = None, edits: Sequence[Edit] = ()
) -> dict[str, Any]:
    """Return the certificate of an exposure as JSON values; `verify` checks it alone.

    p, S and strengths are whole ppm; T and products have nine decimals, each computed from what is
    printed below it. AnalysisError as for `expose`.
    """
    walks = walks_of(view, uid, hops, edits)
    writer = _Writer(view, walks, changes_of(view, edits).rows)
    tree = writer.node(walks.problem.goal, 0, [], 0)
    return {
        "method": METHOD,
        "notice": NOTICE,
        "snapshot": view.snapshot.id,
        "policy": view.version,
        "as_of": view.as_of.isoformat(),
        "hops": walks.hops,
        "edits": [repr(edit) for edit in edits],
        "strength_cap": round(view.policy.strength_cap * WHOLE),
        "factor_cap": int(view.rules.cap),
        "uid": tree["node"],
        "name": tree["name"],
        "X": _plain(walks.exposure),
        "tree": tree,
    }
