"""Words of a report, in the language that it is written in."""

from collections.abc import Iterable
from datetime import date

from app.presenters import figures
from app.texts.read import spoken, text
from graph.model import Link
from graph.schema.words import Text


def listed(words: Iterable[str]) -> str:
    """Return words one after another: 甲、乙."""
    return text("paper.comma").join(words)


def clauses(words: Iterable[str]) -> str:
    """Return clauses one after another: 甲；乙."""
    return text("paper.semicolon").join(words)


def sentence(words: str) -> str:
    """Return words with their full stop."""
    return text("paper.sentence", words=words)


def word(words: Text) -> str:
    """Return a caption in the language of the report."""
    return words.to(spoken())


def day(value: object) -> str:
    """Return a date as it stands in a sentence."""
    return figures.day(value, spoken())


def period(link: Link) -> str:
    """Return the period of a link."""
    return figures.period(link.valid_from, link.valid_to, spoken())


def day_of(when: date) -> str:
    """Return the cut-off as it stands on the cover."""
    return text("paper.cover.until", day=when.isoformat())


def heads(*words: str) -> tuple[str, ...]:
    """Return the heads of a table by the words that its rows carry."""
    return tuple(text(f"column.{one}") for one in words)


def method() -> str:
    """Return where the method is written down."""
    return text("paper.method_page")
