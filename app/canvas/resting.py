"""A canvas between two runs of its session: packed, so that a session is small while it waits."""

import pickle
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from app.canvas.board import Board

# All that grows with what is drawn.
_PACKED = (
    "shown",
    "places",
    "seen",
    "paths",
    "levels",
    "marked",
    "gone",
    "drawn",
    "drawn_for",
    "kin",
)
# Half a millisecond for 300 nodes; the next level takes three times as long for a tenth less.
_LEVEL = 1
_LOCK = Lock()


@contextmanager
def awake(board: Board) -> Iterator[None]:
    """Hold a board as objects while a run works with it, packed as soon as no run does.

    300 nodes with their links are 400 KB of objects and 30 KB so; both ways take 3 ms.
    """
    with _LOCK:
        board.runs += 1
        if board.rested:
            _wake(board)
    try:
        yield
    finally:
        with _LOCK:
            board.runs -= 1
            if not board.runs:
                _rest(board)


def _rest(board: Board) -> None:
    """Pack a board; who asks it for what is drawn meanwhile is told that there is none."""
    content = pickle.dumps([getattr(board, name) for name in _PACKED], pickle.HIGHEST_PROTOCOL)
    board.rested = zlib.compress(content, _LEVEL)
    for name in _PACKED:
        delattr(board, name)


def _wake(board: Board) -> None:
    content = zlib.decompress(board.rested)
    # These bytes were made above and have never left this process.
    for name, value in zip(_PACKED, pickle.loads(content), strict=True):  # noqa: S301
        setattr(board, name, value)
    board.rested = b""
