"""All words of the screens, in both languages, from the YAML files beside this module."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from graph.documents import read_shipped
from graph.errors import SettingsError

LANGUAGES = ("zh", "en")
_FOLDER = Path(__file__).parent
# What commands say that do little more than that: all texts take longer to read than they work.
_OF_COMMANDS = ("lines.yml", "loading.yml")
_language: ContextVar[str] = ContextVar("language", default="zh")


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Return every text by key, then by language.

    Raises:
        SettingsError: a text lacks a language or stands twice.
    """
    return _read(sorted(_FOLDER.glob("*.yml")))


@cache
def _of_commands() -> Mapping[str, Mapping[str, str]]:
    return _read([_FOLDER / name for name in _OF_COMMANDS])


def _read(files: Iterable[Path]) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for path in files:
        for key, words in read_shipped(path).items():
            if key in found:
                raise SettingsError("text", key, "stands twice")
            if set(words) != set(LANGUAGES):
                raise SettingsError("text", key, f"must be given in {', '.join(LANGUAGES)}")
            found[key] = words
    return found


def speak(language: str) -> None:
    """Choose the language of every text that follows in this run."""
    _language.set(language)


def spoken() -> str:
    """Return the language in use, "zh" or "en"."""
    return _language.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let what is written inside be in a language, whatever the screen around speaks."""
    before = spoken()
    speak(language)
    try:
        yield
    finally:
        speak(before)


def text(key: str, /, **values: object) -> str:
    """Return a text in the language in use, its places filled in.

    >>> text("app.name")
    '信脉'
    """
    words = _of_commands().get(key) or texts().get(key)
    if words is None:
        raise SettingsError("text", key, "is not there")
    return words[spoken()].format(**values)
