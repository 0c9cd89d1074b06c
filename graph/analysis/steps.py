"""The steps of one contribution: over which link, with which factor, and what that consists of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.analysis.answers import Contribution
from graph.analysis.edits import Edit, changes_of
from graph.analysis.kernels.factors import WHOLE, Ints, parts_of, present, whole_ppm
from graph.analysis.view import View
from graph.model import Link


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `factor` 0..1 by which it passes on, from `giver` to `taker`.

    It is beta (of the type and its direction, or of a cited service) times phi (of the share)
    times hubs (of who serves many) times age (of an ended link), at most the policy's cap; a
    factor that came with the link is `given` and used as it is.
    """

    link: Link
    giver: str
    taker: str
    factor: float
    beta: float = 1.0
    phi: float = 1.0
    hubs: float = 1.0
    age: float = 1.0
    given: bool = False
    cited: bool = False
    capped: bool = False

    @property
    def along(self) -> bool:
        """Return whether the step goes with the link, from its source to its target."""
        return self.giver == self.link.source


def _rows(view: View, link: Link, dropped: Ints) -> list[int]:
    """Return the rows of a pair, all that point the same way and are not left out."""
    web = view.web
    source, target = view.place(link.source), view.place(link.target)
    listed = web.out_row[int(web.out_start[source]) : int(web.out_start[source + 1])].tolist()
    return [row for row in listed if int(web.target[row]) == target and present(web, row, dropped)]


def _step(view: View, link: Link, ends: tuple[str, str], factor: float, dropped: Ints) -> Step:
    giver, taker = ends
    bare = Step(link, giver, taker, factor)
    rows = _rows(view, link, dropped)
    own = [place for place, row in enumerate(rows) if view.key_at(row) == link.key]
    if not own:
        return bare
    web = view.web
    if web.given[rows[own[0]]] >= 0:
        return Step(link, giver, taker, factor, given=True)
    pair = np.array(rows, np.int64)
    found = (
        parts_of(
            web, pair, pair.size, place, int(giver == link.source), view.day, view.rules, dropped
        )
        for place in own
    )
    # Several services of one engagement share a key: the largest is the one that passes on.
    beta, phi, hubs, age = max(found, key=lambda parts: float(np.prod(parts)))
    plain, cap = int(whole_ppm(beta * phi * hubs * age)), int(view.rules.cap)
    used = round(factor * WHOLE)
    cited = used not in (plain, cap)
    return Step(
        link=link,
        giver=giver,
        taker=taker,
        factor=factor,
        beta=float(view.rules.cited if cited else beta),
        phi=float(phi),
        hubs=float(hubs),
        age=float(age),
        cited=cited,
        capped=not cited and plain > cap,
    )


def steps_of(view: View, part: Contribution, edits: Sequence[Edit] = ()) -> tuple[Step, ...]:
    """Return the steps of a contribution from the record's subject to the party.

    AnalysisError for a link that is not there.
    """
    dropped = changes_of(view, edits).rows
    ends = zip(part.path, part.path[1:], strict=False)
    columns = zip(part.links, ends, part.factors, strict=True)
    return tuple(
        _step(view, view.snapshot.link(key), pair, factor, dropped) for key, pair, factor in columns
    )
