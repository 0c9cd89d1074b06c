"""Evidence of a lead in the language in use: it stands in the graph in Chinese alone."""

import re
from collections.abc import Mapping
from functools import cache

from app.texts.read import texts

# What resolution puts between the pieces of evidence of one pair (loaders/resolve/leads.py).
BETWEEN = "；"
# The place of a text that holds another piece: the first of those that speak against.
REST = "rest"
_KEYS = "evidence."
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def evidence_in(words: str, language: str) -> str:
    """Return evidence in a language; a piece that no text is known for stays as it is.

    >>> evidence_in("姓名相同（张伟）；性别相同", "en")
    'same name (张伟); same sex'
    """
    if language == "zh":
        return words
    return "; ".join(_piece(one, language) for one in words.split(BETWEEN) if one)


def _piece(words: str, language: str) -> str:
    for pattern, told in _patterns():
        found = pattern.fullmatch(words)
        if found:
            places = found.groupdict()
            if REST in places:
                places[REST] = _piece(places[REST], language)
            return told[language].format(**places)
    return words


@cache
def _patterns() -> list[tuple[re.Pattern[str], Mapping[str, str]]]:
    """Return what a piece looks like, the more fixed words the earlier, and its texts."""
    known = [words for key, words in texts().items() if key.startswith(_KEYS)]
    # A template with more fixed words says more: 两字姓名重名多 before the name alone.
    known.sort(key=lambda words: -len(re.sub(r"\{\w+\}", "", words["zh"])))
    return [
        (re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(words["zh"]))), words) for words in known
    ]
