"""What an entry says of its reverse is what the reverse says of itself."""

from hypothesis import given, settings

from graph.analysis.kernels.pairs import at_reverse
from graph.analysis.whole_graph import pairs_on
from tests.agreement.test_rescan import Drawn, graphs, of_every_kind, open_policy


@settings(max_examples=150, deadline=None)
@given(graphs)
def test_an_entry_has_at_hand_what_its_reverse_says(drawn: Drawn) -> None:
    pairs = pairs_on(of_every_kind(drawn).view(open_policy()))

    lists = pairs.start, pairs.source
    assert pairs.p_back.tolist() == at_reverse(*lists, pairs.p).tolist()
    assert pairs.seed_back.tolist() == at_reverse(*lists, pairs.seed).tolist()
    if pairs.rest.size:
        assert pairs.rest_back.tolist() == at_reverse(*lists, pairs.rest).tolist()
