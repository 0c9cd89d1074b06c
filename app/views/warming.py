"""What the first visitors would wait for, made while nobody waits: indexes, the day, screens."""

import gc
from contextlib import suppress
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from app.acting import acting_for
from app.bootstrap import Services
from app.users import EVERYBODY
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


def settle() -> None:
    """Load every screen and set aside what stays: nobody looks for garbage there any more.

    Streamlit looks for garbage after each run; among the 400,000 objects of the libraries that
    took .22 s of the processor for each click.
    """
    for module in iter_modules([str(Path(__file__).parent)]):
        import_module(f"{__package__}.{module.name}")
    gc.collect()
    gc.freeze()


def _own_house() -> Services:
    """Return the services for the server's own work, which is shown to nobody."""
    return acting_for(frame.services(str(frame.settings().workspace)), EVERYBODY)


def begin() -> None:
    """Do all of it for this app; a screen says what is wrong with its services, not this."""
    with suppress(XinmaiError, OSError):
        warm(_own_house(), date.today())  # noqa: DTZ011 - the day that screens open with
    settle()
