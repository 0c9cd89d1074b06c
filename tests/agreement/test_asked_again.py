"""A party's surroundings looked up once and asked again say what looking anew says."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis.ball import Ball
from graph.analysis.control import controls
from graph.analysis.edits import Changes
from graph.analysis.kernels.factors import HOLDS_SHARES
from graph.analysis.local import Local, local_problem
from graph.analysis.view import View
from graph.analysis.walks import cut_of, floor_of, walk
from graph.snapshot import form
from tests.agreement.sketch import Sketch

NAMES = "abcde"
KINDS = ("REPRESENTS", "HOLDS_SHARES", "HOLDS_SHARES", "HOLDS_SHARES", "GUARANTEES", "BRANCH_OF")


def _derive(sketch: Sketch) -> View:
    """Return the view with a computed link wherever control goes through others."""
    view = sketch.view()
    for holder in NAMES:
        for one in controls(view, holder):
            sketch.link(holder, one.uid, "CONTROLS", key=f"c{holder}{one.uid}", flags=form.DERIVED)
    return sketch.view()


@st.composite
def graphs(draw: st.DrawFn) -> View:
    sketch = Sketch()
    for name in NAMES:
        sketch.party(name)
    for number in range(draw(st.integers(1, 10))):
        source = draw(st.sampled_from(NAMES))
        target = draw(st.sampled_from(NAMES))
        kind = draw(st.sampled_from(KINDS))
        if source == target and kind != "HOLDS_SHARES":
            continue
        share = draw(st.sampled_from([0.03, 0.2, 0.3, 0.51, 0.6]))
        sketch.link(source, target, kind, key=f"{number:02}", share=share)
    for number in range(draw(st.integers(1, 3))):
        sketch.record(f"r{number}", draw(st.sampled_from(NAMES)))
    return _derive(sketch)


def _numbers(view: View, local: Local, hops: int) -> tuple[float, ...]:
    found = walk(local, hops, view.policy.max_walks)
    return found.exposure, floor_of(found)[0], cut_of(local)[0], local.own


@given(graphs(), st.data())
@settings(max_examples=150)
def test_without_some_links_and_records_or_with_no_others(view: View, data: st.DataObject) -> None:
    hops = data.draw(st.integers(1, 4))
    ball = Ball(view, view.place("a"), hops)
    rows = np.flatnonzero(view.web.kind != form.TYPES.index("CONTROLS"))
    gone = np.array([data.draw(st.booleans()) for _ in rows], np.bool_)
    names = ball.whole.seeds.uids
    lost = frozenset(one for one in names if data.draw(st.booleans()))

    dropped = rows[gone].astype(np.int64)
    anew = local_problem(view, ball.party, hops, Changes(dropped, lost, ()))
    assert _numbers(view, ball.without(dropped, lost), hops) == _numbers(view, anew, hops)

    # What has no factor, and no say in control, is neither kept nor dropped.
    holds = rows[view.web.kind[rows] == HOLDS_SHARES]
    items = np.union1d(ball.conducting(), holds)
    items = items[view.web.kind[items] != form.TYPES.index("CONTROLS")].astype(np.int64)
    kept = items[~np.isin(items, dropped)]
    anew = local_problem(view, ball.party, hops, Changes(np.setdiff1d(items, kept), lost, ()))
    alone = ball.alone(kept, np.setdiff1d(items, kept), frozenset(names) - lost)
    assert _numbers(view, alone, hops) == _numbers(view, anew, hops)
