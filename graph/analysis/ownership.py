"""Integrated ownership: who holds a company through all chains, and what a party holds so."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.upstream import downstream
from graph.analysis.rings import Floats, Flow
from graph.analysis.stakes import MOST_ROWS, Stakes, stakes_of
from graph.analysis.stops import stop_of
from graph.analysis.view import View
from graph.schema.words import Text

STATUSES = {
    "complete": Text("完整", "complete"),
    "undisclosed": Text("有未披露部分，为区间", "a range: some of it is undisclosed"),
    "conflict": Text(
        "登记比例合计超过100%，按登记计算", "recorded shares add up to more than 100 %"
    ),
    "closed_ring": Text("闭合环，无最终所有人", "no ultimate owner (closed ring)"),
    "not_computed": Text("环过大，未计算", "not computed: too large a ring"),
}
# Two ends of a range that differ by less are one number.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Holding:
    """One holder's part of one company; `uid` and `name` are of who is asked for.

    `direct` is the recorded share 0..1, None where the source gives no figure, 0 where there is no
    holding. `integrated` is what it holds in all, 0..1; `certain` where what is undisclosed belongs
    to strangers, `possible` where it belongs to this holder. `status` is a key of STATUSES; `stop`
    a key of STOPS where nobody further up is followed.
    """

    uid: str
    name: str
    direct: float | None
    integrated: float | None
    certain: float | None
    possible: float | None
    status: str
    stop: str | None = None


@dataclass(frozen=True, slots=True)
class Owners:
    """All owners of a company, or all companies of a holder, largest part first.

    `undisclosed` 0..1 is what the company's own holders leave open (owners only); `rings` are the
    closed rings met; `conflicts` the companies whose column is above the whole. `capped`: holdings
    beyond the bound were not looked at, so parts may be larger.
    """

    uid: str
    name: str
    as_of: date
    snapshot: str
    holdings: tuple[Holding, ...]
    undisclosed: float = 0.0
    rings: tuple[tuple[str, ...], ...] = ()
    conflicts: tuple[str, ...] = ()
    looked: int = 0
    capped: bool = False


@dataclass(frozen=True, slots=True)
class _Parts:
    """Certain and possible parts (n,), what rests on a conflict, who is in a closed ring.

    `flow` is at the lower end of every range, `upper` at the upper end where a column is above
    the whole.
    """

    flow: Flow
    upper: Flow
    certain: Floats
    possible: Floats
    conflict: np.ndarray[tuple[int], np.dtype[np.bool_]]
    closed: np.ndarray[tuple[int], np.dtype[np.bool_]]


def _closed(flow: Flow) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    closed: np.ndarray[tuple[int], np.dtype[np.bool_]] = flow.stakes.base <= 0
    for ring in flow.rings:
        closed[ring.members] |= ring.closed
    return closed


def _part_of(stakes: Stakes, undisclosed: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    return np.where(stakes.base > 0, undisclosed / np.maximum(stakes.base, 1), 0.0)


def _flows(stakes: Stakes) -> tuple[Flow, Flow]:
    """Return the system of what is certain and the one of what is possible."""
    low = Flow(stakes, stakes.share)
    same = np.array_equal(stakes.most, stakes.share)
    return low, low if same else Flow(stakes, stakes.most)


def _possible(certain: Floats, open_here: float | Floats, open_there: Floats | float) -> Floats:
    """Return x's part if all that is undisclosed upstream is x's own.

    That adds u_j to x's direct share in each company j. Chains that come back to x count once
    (Baldone), which leaves Y + U_company - U_x Y, U being the part of who is undisclosed. Nobody
    can have more than the whole: upper ends of ranges may add up to more, all at once.
    """
    found = certain + open_here - open_there * certain
    found = np.minimum(1.0, np.where(np.isnan(found), 1.0, found))
    return np.maximum(np.minimum(certain, 1.0), found)


def parts_up(stakes: Stakes, goal: int) -> _Parts:
    """Return what every node upstream has in the goal, certain and possible."""
    low, high = _flows(stakes)
    certain, conflict, _ = low.up(goal)
    upper = certain if high is low else high.up(goal)[0]
    undisclosed = high.down(_part_of(stakes, stakes.undisclosed))
    possible = _possible(upper, float(undisclosed[goal]), undisclosed)
    if high is not low:
        possible = np.where(np.isnan(upper), 1.0, possible)
    return _Parts(low, high, certain, np.maximum(possible, certain), conflict, _closed(low))


def _parts_down(stakes: Stakes, holder: int) -> _Parts:
    given = np.zeros(stakes.nodes.size)
    given[holder] = 1
    low, high = _flows(stakes)
    certain = low.down(given)
    upper = certain if high is low else high.down(given)
    undisclosed = high.down(_part_of(stakes, stakes.undisclosed))
    possible = _possible(upper, undisclosed, float(undisclosed[holder]))
    reached = stakes.over & (certain > 0)
    conflict = np.nan_to_num(low.down(reached.astype(np.float64)), nan=1.0) > 0
    return _Parts(low, high, certain, np.maximum(possible, certain), conflict, _closed(low))


def _status(parts: _Parts, node: int) -> str:
    if parts.conflict[node]:
        return "conflict"
    if parts.closed[node]:
        return "closed_ring"
    if np.isnan(parts.certain[node]):
        return "not_computed"
    return "undisclosed" if parts.possible[node] - parts.certain[node] > _SAME else "complete"


def _number(value: float) -> float | None:
    # Twelve decimals: beyond, solvers differ, and the same input must give the same bytes.
    return None if np.isnan(value) else round(float(value), 12)


def _directs(stakes: Stakes, company: int) -> dict[int, float | None]:
    return {
        int(stakes.holder[entry]): (
            None if stakes.silent[entry] else int(stakes.share[entry]) / WHOLE
        )
        for entry in stakes.entries(company)
    }


def _holding(
    view: View, parts: _Parts, node: int, direct: float | None, *, upward: bool
) -> Holding | None:
    """Return the line of a node, or None where it holds nothing at all."""
    if direct == 0.0 and parts.certain[node] == 0.0:
        return None
    stakes = parts.flow.stakes
    place = int(stakes.nodes[node])
    certain = _number(parts.certain[node])
    held = len(stakes.entries(node)) > 0
    stop = stop_of(view, place, held=held, looked=node < stakes.looked) if upward else None
    return Holding(
        uid=view.snapshot.uid_at(place),
        name=view.snapshot.name_at(place),
        direct=direct,
        integrated=certain,
        certain=certain,
        possible=_number(parts.possible[node]),
        status=_status(parts, node),
        stop=stop,
    )


def _rings(view: View, flow: Flow) -> tuple[tuple[str, ...], ...]:
    nodes = flow.stakes.nodes
    groups = [[node] for node in np.flatnonzero(flow.stakes.base <= 0).tolist()]
    groups += [ring.members.tolist() for ring in flow.rings if ring.closed]
    named = ([view.snapshot.uid_at(int(nodes[node])) for node in group] for group in groups)
    return tuple(sorted(tuple(sorted(uids)) for uids in named))


def _conflicts(view: View, stakes: Stakes) -> tuple[str, ...]:
    over = stakes.nodes[stakes.over].tolist()
    return tuple(sorted(view.snapshot.uid_at(int(place)) for place in over))


def _answer(view: View, place: int, parts: _Parts, found: list[Holding | None]) -> Owners:
    stakes = parts.flow.stakes
    lines = [one for one in found if one is not None]
    lines.sort(key=lambda one: (-(one.integrated or 0.0), one.uid))
    return Owners(
        uid=view.snapshot.uid_at(place),
        name=view.snapshot.name_at(place),
        as_of=view.as_of,
        snapshot=view.snapshot.id,
        holdings=tuple(lines),
        rings=_rings(view, parts.flow),
        conflicts=_conflicts(view, stakes),
        looked=stakes.rows.size,
        capped=stakes.capped,
    )


def owners(view: View, uid: str) -> Owners:
    """Return every owner of a company on the view's day, direct and through others.

    AnalysisError for an unknown party.
    """
    place = view.place(uid)
    stakes = stakes_of(view, np.array([place]))
    parts = parts_up(stakes, 0)
    directs = _directs(stakes, 0)
    found = [
        _holding(view, parts, node, directs.get(node, 0.0), upward=True)
        for node in range(1, stakes.nodes.size)
    ]
    answer = _answer(view, place, parts, found)
    return replace(answer, undisclosed=int(stakes.undisclosed[0]) / WHOLE)


def holdings(view: View, uid: str) -> Owners:
    """Return every company in which a party holds a part on the view's day, directly or not.

    Chains that come back to the party end there. AnalysisError for an unknown party.
    """
    place = view.place(uid)
    companies, capped = downstream(view.web, place, view.day, MOST_ROWS)
    stakes = stakes_of(view, companies)
    parts = _parts_down(stakes, 0)
    label = parts.upper.label
    if np.count_nonzero(label == label[0]) > 1:
        # The holder stands in a ring: chains end where they come back to it (Baldone).
        opened = stakes_of(view, companies, without=place)
        parts = replace(_parts_down(opened, 0), flow=parts.flow, closed=parts.closed)
    found = [
        _holding(view, parts, node, _directs(stakes, node).get(0, 0.0), upward=False)
        for node in range(1, companies.size)
    ]
    answer = _answer(view, place, parts, found)
    return replace(answer, capped=capped or stakes.capped)
