"""Names by how they are read: pinyin typed without tones finds the characters."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from graph.names.key import NOISE, simplified

# A text that may be pinyin; longer ones are none that a person types. One bit of a state each.
LONGEST_TEXT = 40
_SHORTEST_TEXT = 3
_TEXT = re.compile(rf"^[A-Z]{{{_SHORTEST_TEXT},{LONGEST_TEXT}}}$")
# Longer names are read up to here.
_LONGEST_NAME = 40
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


@njit(cache=True)
def _after(state: np.uint64, leads: NDArray[np.uint64], length: int) -> np.uint64:
    """Return the places that a character's reading leads to from any of a state's."""
    found = np.uint64(0)
    for place in range(length):
        if state & (np.uint64(1) << np.uint64(place)):
            found |= leads[place]
    return found


@njit(cache=True)
def _read(
    first: NDArray[np.int64],
    chars: NDArray[np.int32],
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

    def __init__(self, names: pl.Series) -> None:
        """Index names as they are shown; nulls are never found."""
        text = simplified(names.fill_null("")).str.to_uppercase().str.replace_all(NOISE, "")
        text = text.str.replace_all(r"[()]", "").str.slice(0, _LONGEST_NAME)
        self._lengths = text.str.len_chars().to_numpy()
        chars = np.frombuffer("".join(text).encode("utf-32-le"), np.uint32)
        self._first = np.concatenate([[0], np.cumsum(self._lengths)]).astype(np.int64)
        used, numbers = np.unique(chars, return_inverse=True)
        self._chars = numbers.astype(np.int32)
        self._used = [chr(code) for code in used]

    def find(self, text: str, limit: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return (places read so as a whole, places that hold what is read so), shortest first."""
        wanted = typed(text)
        if wanted is None or not len(self._lengths):
            return [], []
        leads = self._leads(wanted)
        found = _read(self._first, self._chars, leads, len(wanted))
        whole, part = (
            places[np.lexsort((places, self._lengths[places]))][:limit].tolist()
            for places in (np.flatnonzero(found == WHOLE), np.flatnonzero(found == PART))
        )
        return whole, part

    def _leads(self, wanted: str) -> NDArray[np.uint64]:
        leads = np.zeros((len(self._used), len(wanted) + 1), np.uint64)
        at: dict[str, list[int]] = {}
        for number, char in enumerate(self._used):
            for reading in _readings(char):
                if reading not in at:
                    at[reading] = [
                        place for place in range(len(wanted)) if wanted.startswith(reading, place)
                    ]
                for place in at[reading]:
                    leads[number, place] |= np.uint64(1 << (place + len(reading)))
        return leads
