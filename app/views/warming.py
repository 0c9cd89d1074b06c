"""What the first visitor would wait for, made while nobody waits: indexes of names, the day."""

from contextlib import suppress
from datetime import date

from app.bootstrap import Services
from app.views import frame
from graph.analysis.search import search
from graph.errors import XinmaiError

# Any text that is read as a name and as pinyin: the indexes of both are made for it.
_TEXT = "heng"


def warm(services: Services, today: date) -> None:
    """Make what searches and exposures of a day start from; nothing where nothing is loaded."""
    snapshot = services.snapshot()
    if snapshot is None:
        return
    search(snapshot, _TEXT, 1)
    services.view(today).lists(kept=True)


def begin() -> None:
    """Do so for the services of this app; a screen says what is wrong with them, not this."""
    with suppress(XinmaiError, OSError):
        warm(frame.house(), date.today())  # noqa: DTZ011 - the day that screens open with
