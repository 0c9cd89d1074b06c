"""A moment's work is not kept waiting by a thread that works in Python all along."""

import sys

from loaders.turns import TURN_SECONDS, short_turns


def test_turns_are_short_for_as_long_as_is_asked_and_as_before_afterwards() -> None:
    before = sys.getswitchinterval()

    try:
        with short_turns():
            during = sys.getswitchinterval()
            raise KeyError
    except KeyError:
        after = sys.getswitchinterval()

    assert during < before
    assert abs(during - TURN_SECONDS) < TURN_SECONDS / 2
    assert after == before
