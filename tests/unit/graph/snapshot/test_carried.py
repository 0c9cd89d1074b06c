"""What arrays after an edit take over: nodes that moved, were replaced, or are gone."""

import numpy as np
import polars as pl

from graph.snapshot.carried import Carried, carried
from graph.snapshot.mapped import Edit

# Before: nodes b, d, f; a link b → d and one d → f; a record of f; mentions of d, of nobody, of b.
ARRAYS = {
    "uids": np.array([b"b", b"d", b"f"]),
    "link_source": np.array([0, 1, 2], np.int32),
    "link_target": np.array([1, 2, 0], np.int32),
    "record_subject": np.array([2], np.int32),
    "men_start": np.array([0, 1, 2, 2], np.int64),
    "men_row": np.array([2, 0], np.int32),
    "node_flags": np.array([1, 2, 1], np.uint8),
    "node_stop": np.array([0, 3, 2], np.uint8),
}
# The third link is derived: no row of the table.
HEIGHTS = {"nodes": 3, "links": 2, "records": 1, "mentions": 3, "conflicts": 0}
# After: a is new, d is another row, the link b → d goes and a → f comes.
UIDS = pl.Series(["a", "b", "d", "f"])


def edit(gone: list[int], at: list[int], made: dict[str, list[str | None]]) -> Edit:
    frame = pl.DataFrame(made, schema=dict.fromkeys(made, pl.String))
    return Edit(np.array(gone, np.int64), frame, np.array(at, np.int64))


EDITS = {
    "nodes": edit([1], [0, 2], {"uid": ["a", "d"]}),
    "links": edit([0], [0], {"source": ["a"], "target": ["f"]}),
    "records": edit([], [], {"subject": []}),
    "mentions": edit([], [3, 3], {"uid": ["a", None]}),
    "conflicts": edit([], [], {"uid": []}),
}


def test_kept_rows_follow_their_nodes_and_new_ones_are_looked_up() -> None:
    found = carried(ARRAYS, HEIGHTS, EDITS, UIDS)

    assert isinstance(found, Carried)
    assert (found.source.tolist(), found.target.tolist()) == ([0, 2], [3, 3])
    assert found.subject.tolist() == [3]
    assert found.holder.tolist() == [2, -1, 1, 0, -1]
    assert found.made.tolist() == [0, 2]
    assert found.flags[[1, 3]].tolist() == [1, 1]
    assert found.stop[[1, 3]].tolist() == [0, 2]


def test_a_link_whose_end_is_gone_is_left_to_who_looks_at_all_rows() -> None:
    lost = {**EDITS, "nodes": edit([1], [0], {"uid": ["a"]})}

    assert carried(ARRAYS, HEIGHTS, lost, pl.Series(["a", "b", "f"])) is None
