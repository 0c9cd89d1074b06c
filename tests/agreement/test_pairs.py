"""Lists of pairs: an entry and its reverse, and the lists of some parties alone."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis.kernels.among import among, records_among
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.pairs import at_reverse, pairs_of
from graph.analysis.kernels.threads import ALONE
from graph.analysis.whole_graph import pairs_on
from tests.agreement.test_rescan import NODES, Drawn, graphs, of_every_kind, open_policy

few = settings(max_examples=150, deadline=None)


@few
@given(graphs)
def test_an_entry_has_at_hand_what_its_reverse_says(drawn: Drawn) -> None:
    pairs = pairs_on(of_every_kind(drawn).view(open_policy()))

    lists = pairs.start, pairs.source
    assert pairs.p_back.tolist() == at_reverse(*lists, pairs.p).tolist()
    assert pairs.seed_back.tolist() == at_reverse(*lists, pairs.seed).tolist()
    if pairs.rest.size:
        assert pairs.rest_back.tolist() == at_reverse(*lists, pairs.rest).tolist()


@few
@given(graphs, st.lists(st.booleans(), min_size=len(NODES), max_size=len(NODES)))
def test_pairs_among_some_parties_are_those_of_the_whole_graph_between_them(
    drawn: Drawn, chosen: list[bool]
) -> None:
    view = of_every_kind(drawn).view(open_policy())
    known = view.strengths
    records = known.start, known.strength, known.act, known.cites
    cap = round(view.policy.strength_cap * WHOLE)
    mask = np.array(chosen, np.uint8)
    parties = np.flatnonzero(mask).astype(np.int32)

    web = among(view.bare, parties, mask)
    some = pairs_of(web, view.rules, cap, view.day, records_among(parties, *records), ALONE)

    # Their lists in the whole graph, of which only entries of each other are left.
    whole = pairs_on(view)
    target = np.repeat(np.arange(mask.size), np.diff(whole.start))
    within = (mask[target] > 0) & (mask[whole.source] > 0)
    counts = np.bincount(target[within], minlength=mask.size)[parties]
    assert np.diff(some.start).tolist() == counts.tolist()
    assert parties[some.source].tolist() == whole.source[within].tolist()
    for name in ("p", "seed", "p_back", "seed_back"):
        assert getattr(some, name).tolist() == getattr(whole, name)[within].tolist(), name
    nothing = {"rest": 1.0, "rest_back": 1.0, "leaf": 0.0}
    for name, without in nothing.items():
        left, held = (
            np.full(pairs.source.size, without) if not pairs.leaf.size else getattr(pairs, name)
            for pairs in (some, whole)
        )
        assert left.tolist() == held[within].tolist(), name
    assert some.own.tolist() == whole.own[parties].tolist()
