"""What work on files tells of while it goes on: codes with counts; the app has the words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """One line of progress: its code, and what is filled into its words.

    The words stand in both languages in app/texts/loading.yml, as `loading.` and the code.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


Progress = Callable[[Message], None]


def message(code: str, /, **values: object) -> Message:
    """Return a message with these values.

    >>> message("nodes", count=3)
    Message(code='nodes', values={'count': 3})
    """
    return Message(code, values)
