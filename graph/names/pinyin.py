"""Names by how they are read: pinyin typed without tones finds the characters."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from graph.loops import loop
from graph.names.letters import Letters, Numbers

# A text that may be pinyin; longer ones are none that a person types. One bit of a state each.
LONGEST_TEXT = 40
_SHORTEST_TEXT = 3
_TEXT = re.compile(rf"^[A-Z]{{{_SHORTEST_TEXT},{LONGEST_TEXT}}}$")
NONE, PART, WHOLE = range(3)
# ü is typed v, u or yu (passports).
_UMLAUT = ("V", "U", "YU")


def typed(text: str) -> str | None:
    """Return a text as pinyin in capitals, None where it cannot be any.

    >>> typed("heng yu"), typed("恒裕"), typed("A股")
    ('HENGYU', None, None)
    """
    plain = re.sub(r"[\s'’·-]", "", text).upper().replace("Ü", "V")
    return plain if _TEXT.match(plain) else None


@cache
def _readings(char: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # noqa: PLC0415 - as in graph/names/slips.py

    found = [one.upper() for one in pinyin(char, style=Style.NORMAL, heteronym=True)[0]]
    typed_so = [
        one.replace("V", as_typed)
        for one in found
        for as_typed in (_UMLAUT if "V" in one and len(one) > 1 else ("V",))
    ]
    return tuple(dict.fromkeys(typed_so))


@loop()
def _after(state: np.uint64, leads: NDArray[np.uint64], length: int) -> np.uint64:
    """Return the places that a character's reading leads to from any of a state's."""
    found = np.uint64(0)
    for place in range(length):
        if state & (np.uint64(1) << np.uint64(place)):
            found |= leads[place]
    return found


@loop()
def _read(
    first: NDArray[np.int64],
    chars: Numbers,
    leads: NDArray[np.uint64],
    length: int,
) -> NDArray[np.int8]:
    """Return for each name WHOLE, PART of it or NONE of it is read so.

    Bit p of `leads[char, q]` says that the character's reading goes from place q of the text to p.
    """
    found = np.full(first.size - 1, NONE, np.int8)
    begin, done = np.uint64(1), np.uint64(1) << np.uint64(length)
    for name in range(first.size - 1):
        # Readings that began at the name's first character, and those that began anywhere.
        whole, anywhere = begin, begin
        for at in range(first[name], first[name + 1]):
            lead = leads[chars[at]]
            if anywhere == begin and lead[0] == 0:
                whole = np.uint64(0)
                continue
            whole = _after(whole, lead, length)
            anywhere = _after(anywhere, lead, length) | begin
            if anywhere & done:
                found[name] = PART
        if whole & done:
            found[name] = WHOLE
    return found


class PinyinIndex:
    """Names by their readings; every reading of a character counts."""

    def __init__(self, letters: Letters) -> None:
        """Index names by their letters; an empty name is never found."""
        self._letters = letters

    def find(self, text: str, limit: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return (places read so as a whole, places that hold what is read so), shortest first."""
        wanted = typed(text)
        if wanted is None or not len(self._letters):
            return [], []
        leads = self._leads(wanted)
        found = _read(self._letters.first, self._letters.chars, leads, len(wanted))
        lengths = self._letters.lengths()
        whole, part = (
            places[np.lexsort((places, lengths[places]))][:limit].tolist()
            for places in (np.flatnonzero(found == WHOLE), np.flatnonzero(found == PART))
        )
        return whole, part

    def _leads(self, wanted: str) -> NDArray[np.uint64]:
        codes = self._letters.codes.tolist()
        leads = np.zeros((len(codes), len(wanted) + 1), np.uint64)
        at: dict[str, list[int]] = {}
        for number, code in enumerate(codes):
            for reading in _readings(chr(code)):
                if reading not in at:
                    at[reading] = [
                        place for place in range(len(wanted)) if wanted.startswith(reading, place)
                    ]
                for place in at[reading]:
                    leads[number, place] |= np.uint64(1 << (place + len(reading)))
        return leads
