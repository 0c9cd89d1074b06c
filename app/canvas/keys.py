"""The keys of the review page: a small component; what it says is checked before it is believed."""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from streamlit.components import v2

_LOG = logging.getLogger(__name__)
_FOLDER = Path(__file__).parent / "keyboard"
NAMES = frozenset({"choose", "save", "undo", "next", "previous"})


@dataclass(frozen=True, slots=True)
class Keys:
    """What the keys are about: the pair on the screen, the choice so far, what may be pressed.

    `revision` grows with each answer: only then the keys take another press. `refused` are
    decisions that cannot be made on the pair.
    """

    pair: str | None
    choice: str | None
    revision: int
    refused: tuple[str, ...]
    undo: bool


@dataclass(frozen=True, slots=True)
class Press:
    """One press: what is to be done, and the decision that was chosen by then."""

    seq: int
    name: str
    decision: str | None


@cache
def _component() -> Callable[..., object]:
    # Inline: together they are smaller than a second request would be.
    made: Callable[..., object] = v2.component(
        "xinmai_review_keys",
        html='<div class="keys" role="toolbar"></div>',
        css=(_FOLDER / "keys.css").read_text(encoding="utf-8"),
        js=(_FOLDER / "keys.js").read_text(encoding="utf-8"),
    )
    return made


def draw(keys: Keys, texts: Mapping[str, str], key: str, pressed: Callable[[], None]) -> None:
    """Draw the keys; `pressed` is called before the page runs again."""
    _component()(
        key=key,
        data={
            "pair": keys.pair,
            "choice": keys.choice,
            "revision": keys.revision,
            "refused": list(keys.refused),
            "undo": keys.undo,
            "texts": dict(texts),
        },
        on_pressed_change=pressed,
    )


def read_press(said: object, pair: str | None, last: int, known: Collection[str]) -> Press | None:
    """Return what was pressed, None for what is old, unknown or about another pair.

    `known` are the decisions there are, `last` the number of the last press that was acted upon.
    """
    if not isinstance(said, Mapping):
        return None
    seq, name, decision = said.get("seq"), said.get("name"), said.get("decision")
    if not isinstance(seq, int) or isinstance(seq, bool) or seq <= last:
        return None
    if name not in NAMES or (decision is not None and decision not in known):
        _LOG.warning("the keys said an unknown word; dropped")
        return None
    if name in {"choose", "save"} and (said.get("pair") != pair or decision is None):
        _LOG.warning("the keys said %s of a pair that is not shown; dropped", name)
        return None
    return Press(seq, str(name), None if decision is None else str(decision))
