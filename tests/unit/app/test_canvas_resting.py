"""A canvas that waits for its person is small, and is the same when it is worked with again."""

import gc
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import FunctionType, ModuleType

import polars as pl
import pytest

from app.bootstrap import Services, open_services
from app.canvas.board import Asked, Board, begin, payload, redraw
from app.canvas.events import Message, Seen
from app.canvas.resting import awake
from app.settings import read_settings

DAY = date(2026, 11, 23)
NODES = 300
# A third of what 300 nodes may take of a session (screens.md 7: 3 MB); the rest is Streamlit's.
MOST_BYTES = 100_000


def _held(roots: list[object]) -> Iterator[object]:
    """Yield every object that can be reached from these, once; code and classes are everybody's."""
    known: set[int] = set()
    while roots:
        one = roots.pop()
        if id(one) in known or isinstance(one, type | ModuleType | FunctionType):
            continue
        known.add(id(one))
        yield one
        roots.extend(gc.get_referents(one))


def _size(board: Board) -> int:
    return sum(map(sys.getsizeof, _held([board])))


@pytest.fixture
def house(tmp_path: Path) -> Services:
    """Three hundred enterprises in a ring, each a holder of the next."""
    uids = [f"e{place}" for place in range(NODES)]
    named = [f"广东第{place}号新材料有限公司" for place in range(NODES)]
    pl.DataFrame({"uid": uids, "name": named}).with_columns(label=pl.lit("Enterprise")).write_csv(
        tmp_path / "nodes.csv"
    )
    pl.DataFrame({"source": uids, "target": [*uids[1:], uids[0]]}).with_columns(
        type=pl.lit("HOLDS_SHARES"), share=pl.lit(0.3)
    ).write_csv(tmp_path / "edges.csv")
    made = open_services(read_settings({}, tmp_path / "workspace"), create=True)
    made.take_graph(
        tmp_path / "nodes.csv", tmp_path / "edges.csv", None,
        to_store=False, progress=lambda _: None,
    )  # fmt: skip
    return made


def _board(house: Services) -> Board:
    snapshot = house.loaded_snapshot()
    uids = tuple(snapshot.uid_at(place) for place in range(NODES))
    board = Board(Asked(uids[:1], (), 0, DAY, snapshot.id))
    begin(house, board)
    board.shown = dict.fromkeys(uids)
    redraw(house, board, "zh")
    places = {uid: {"x": float(place), "y": 0.5} for place, uid in enumerate(uids)}
    board.take(Message(3, Seen(nodes=uids, positions=places, pinned=uids[:2]), ()))
    return board


def test_a_canvas_that_rests_holds_no_objects_of_what_is_drawn(house: Services) -> None:
    board = _board(house)
    drawn = _size(board)

    with awake(board):
        pass

    assert drawn > 2 * MOST_BYTES
    assert _size(board) < MOST_BYTES


def test_what_is_worked_with_again_is_what_was_drawn(house: Services) -> None:
    board = _board(house)
    before = payload(house, board, {}, "zh"), board.seen, board.visible(), board.drawn_for

    for _ in range(2):
        with awake(board):
            after = payload(house, board, {}, "zh"), board.seen, board.visible(), board.drawn_for

    assert after == before


def test_a_run_within_another_ends_no_sooner_than_that(house: Services) -> None:
    board = _board(house)

    with awake(board):
        with awake(board):
            pass
        inside = len(board.shown)

    assert inside == NODES
    with pytest.raises(AttributeError, match="shown"):
        len(board.shown)


def test_a_run_that_fails_leaves_the_canvas_as_it_was(house: Services) -> None:
    board = _board(house)

    with pytest.raises(ZeroDivisionError), awake(board):
        board.revision //= 0

    with awake(board):
        assert len(board.drawn["nodes"]) == NODES
