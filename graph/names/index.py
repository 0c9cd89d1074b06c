"""Which full names a short, shortened or misspelt name may mean, out of millions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.loops import loop
from graph.names.alike import LACKING, MARKS, fit, perfect, rough_fits
from graph.names.key import comparable, short_form
from graph.names.letters import CODES, Letters, Numbers, spelt_out
from graph.names.segments import LONGEST_NAME, REGION, segments
from graph.names.words import abbreviations

# Of the names that share the rarest characters so many are compared without their parts, and of
# these the best so many with them, the first of the others too: a region's abbreviation shows late.
_ROUGHLY, _CLOSELY, _BESIDE = 600, 50, 25
# A character of more than this part of all names is passed over where others are left.
_COMMON = 0.2
# Parts of the best possible fit below which a name is no answer (benchmarks/names.py).
LEAST_FIT = 0.55
# Two answers closer than this, in parts of the best possible fit, are told apart by nothing.
EVEN = 0.01
_KEPT = 1 << 15
# Where the names of each character begin, (characters + 1,), and the names.
Postings = tuple[NDArray[np.int64], NDArray[np.int32]]
# Bits of half of a number of 32, and those of the lower half.
_HALF, _LOWER = 16, (1 << 16) - 1


@dataclass(frozen=True, slots=True)
class Match:
    """A name that may be meant: its place in what was indexed, and the fit, 0..1."""

    place: int
    fit: float


@loop()
def _overlap(
    start: NDArray[np.int64],
    names: NDArray[np.int32],
    wanted: NDArray[np.int32],
    weights: NDArray[np.float64],
    size: int,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return (names, sums of weights) that have any of the wanted characters."""
    total = np.zeros(size, np.float32)
    count = 0
    for char in wanted:
        count += start[char + 1] - start[char]
    met = np.empty(count, np.int32)
    filled = 0
    for number in range(wanted.size):
        for place in range(start[wanted[number]], start[wanted[number] + 1]):
            name = names[place]
            if total[name] == 0.0:
                met[filled] = name
                filled += 1
            total[name] += np.float32(weights[number])
    return met[:filled], total[met[:filled]]


@loop()
def _kth_largest(bits: NDArray[np.uint32], count: int) -> int:
    """Return the bits of the `count`-th largest of numbers that are not below 0, given as bits.

    Of such numbers the bits are in their order. Counted by their upper half, then by the lower:
    many are equal, and to part them by comparing takes several times as long.
    """
    counts = np.zeros(1 << _HALF, np.int64)
    for one in bits:
        counts[one >> _HALF] += 1
    upper = counts.size - 1
    while counts[upper] < count:
        count -= counts[upper]
        upper -= 1
    counts[:] = 0
    for one in bits:
        if one >> _HALF == upper:
            counts[one & _LOWER] += 1
    lower = counts.size - 1
    while counts[lower] < count:
        count -= counts[lower]
        lower -= 1
    return (upper << _HALF) | lower


def kth_largest(values: NDArray[np.float32], count: int) -> np.float32:
    """Return the `count`-th largest of values (n,), none of which is below 0; 1 <= count <= n."""
    found: np.float32 = np.uint32(_kth_largest(values.view(np.uint32), count)).view(np.float32)
    return found


@loop()
def _by_letter(
    letters: Numbers, owner: NDArray[np.int32], different: int
) -> tuple[Numbers, NDArray[np.int32]]:
    """Return both sorted by letter, in the order they came within one."""
    at = np.zeros(different + 1, np.int64)
    for letter in letters:
        at[letter + 1] += 1
    at = np.cumsum(at)
    sorted_letters, sorted_owner = np.empty_like(letters), np.empty_like(owner)
    for place in range(letters.size):
        to = at[letters[place]]
        sorted_letters[to], sorted_owner[to] = letters[place], owner[place]
        at[letters[place]] += 1
    return sorted_letters, sorted_owner


@loop()
def _held_at(
    wanted: NDArray[np.int32],
    first: NDArray[np.int64],
    chars: Numbers,
    places: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Return where each name holds the wanted characters in a row, -1 where it does not."""
    found = np.full(places.size, -1, np.int32)
    for turn in range(places.size):
        start, stop = first[places[turn]], first[places[turn] + 1] - wanted.size
        for at in range(start, stop + 1):
            place = 0
            while place < wanted.size and chars[at + place] == wanted[place]:
                place += 1
            if place == wanted.size:
                found[turn] = at - start
                break
    return found


def postings(letters: Letters) -> Postings:
    """Return (start, names): the names that have character c are names[start[c]:start[c+1]]."""
    every = np.arange(len(letters), dtype=np.int32)
    every.setflags(write=False)
    chars: list[NDArray[Any]] = [letters.chars]
    owner = [np.repeat(every, letters.lengths())]
    # 粤 is looked for in every name of a body in 广东 as well.
    for char, region in abbreviations().items():
        wanted = letters.number[[ord(one) for one in region]]
        if (wanted < 0).any():
            continue
        within = np.flatnonzero(_held_at(wanted, letters.first, letters.chars, every) >= 0)
        chars.append(np.full(within.size, letters.number[ord(char)], letters.chars.dtype))
        owner.append(within.astype(np.int32))
    different = int(letters.codes.size)
    held, names = _by_letter(np.concatenate(chars), np.concatenate(owner), different)
    # One that a name has twice counts once.
    once = np.ones(held.size, np.bool_)
    once[1:] = (held[1:] != held[:-1]) | (names[1:] != names[:-1])
    counts = np.bincount(held[once], minlength=different)
    found = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), names[once]
    for array in found:
        array.setflags(write=False)
    return found


class NameIndex:
    """Full names by their characters; `find` answers with those that a short name may mean.

    Measured on short and full names of listed companies in benchmarks/names.py.
    """

    def __init__(
        self, letters: Letters, name_at: Callable[[int], str], held_by: Postings | None = None
    ) -> None:
        """Index names by their letters; `name_at` returns one of them as it is shown.

        The letters must have numbered the characters that stand for regions (`letters_of`).
        `held_by` is what `postings` makes of them, where it is known.
        """
        self._letters = letters
        self._name_at = name_at
        self._first, self._chars = letters.first, letters.chars
        self._number = letters.number
        self._lengths = letters.lengths()
        different = int(letters.codes.size)
        self._start, self._owner = postings(letters) if held_by is None else held_by
        held = np.diff(self._start)
        self._rarity = np.log((len(letters) + 1) / (held + 0.5))
        self._unknown = different
        # A character that no name has is as rare as can be.
        self._rarity = np.append(self._rarity, np.log(2.0 * (len(letters) + 1)))

    def _numbers(self, text: str) -> NDArray[np.int32]:
        codes = [min(ord(char), CODES - 1) for char in text]
        found = self._number[codes] if codes else np.zeros(0, np.int32)
        return np.where(found < 0, self._unknown, found).astype(np.int32)

    def _nearest(self, wanted: NDArray[np.int32]) -> list[int]:
        known = np.unique(wanted[wanted < self._unknown])
        held = np.diff(self._start)[known]
        rare = known[held <= max(1.0, _COMMON * len(self._letters))]
        known = rare if rare.size else known
        places, sums = _overlap(
            self._start, self._owner, known, self._rarity[known], len(self._letters)
        )
        if places.size > _ROUGHLY:
            least = kth_largest(sums, _ROUGHLY)
            # Of those even with the last the shortest: chance must not say which come in.
            above, level = np.flatnonzero(sums > least), np.flatnonzero(sums == least)
            level = level[np.lexsort((places[level], self._lengths[places[level]]))]
            kept = np.concatenate([above, level[: _ROUGHLY - above.size]])
            places, sums = places[kept], sums[kept]
        rough = rough_fits(wanted, self._first, self._chars, places, self._rarity, LACKING)
        by_fit = np.lexsort((places, -rough))[:_CLOSELY]
        by_sum = np.lexsort((places, self._lengths[places], -sums))[:_BESIDE]
        found: list[int] = np.unique(places[np.concatenate([by_fit, by_sum])]).tolist()
        return found

    def find(self, text: str, limit: int = 5, least: float = LEAST_FIT) -> list[Match]:
        """Return at most `limit` names that a text may mean, best first; ties by length."""
        wanted = self._numbers(short_form(text)[:LONGEST_NAME])
        if not wanted.size:
            return []
        best = perfect(wanted, self._rarity)
        found = []
        for place in self._nearest(wanted):
            name = self._name_at(place)
            full, marks, stands = self._parts(name)
            value = fit(wanted, full, marks, stands, self._rarity) / best
            if value >= least:
                found.append((-value, len(name), place))
        return [Match(place, min(1.0, -value)) for value, _, place in sorted(found)[:limit]]

    def holding(self, text: str, limit: int) -> list[tuple[int, bool]]:
        """Return (place, begins so) of at most `limit` names that hold a text, shortest first."""
        wanted = self._numbers(comparable(text).replace("(", "").replace(")", ""))
        if not wanted.size or wanted.size > LONGEST_NAME or (wanted == self._unknown).any():
            return []
        rarest = wanted[np.argmin(np.diff(self._start)[wanted])]
        places = self._owner[self._start[rarest] : self._start[rarest + 1]]
        at = _held_at(wanted, self._first, self._chars, places)
        held, at = places[at >= 0], at[at >= 0]
        order = np.lexsort((held, self._lengths[held], at > 0))[:limit]
        return list(zip(held[order].tolist(), (at[order] == 0).tolist(), strict=True))

    def _parts(self, name: str) -> tuple[NDArray[np.int32], NDArray[np.int8], NDArray[np.int32]]:
        text, marks, stands = _marked(name)
        return self._numbers(text), marks, self._numbers_of(stands)

    def _numbers_of(self, stands: Sequence[str]) -> NDArray[np.int32]:
        found = np.full((len(stands), 2), -1, np.int32)
        for place, chars in enumerate(stands):
            for turn, char in enumerate(chars[:2]):
                found[place, turn] = self._number[ord(char)]
        return found


def letters_of(names: pl.Series) -> Letters:
    """Return the letters of names with all that an index of them needs to number."""
    return spelt_out(names, tuple(abbreviations()))


def index_of(names: pl.Series) -> NameIndex:
    """Return an index of names as they are shown, which it keeps; nulls are never found."""
    shown = names.fill_null("")
    return NameIndex(letters_of(shown), shown.__getitem__)


@lru_cache(maxsize=1)
def _short_of() -> dict[str, str]:
    """Return the characters that stand for each region."""
    found: dict[str, str] = {}
    for char, region in abbreviations().items():
        found[region] = found.get(region, "") + char
    return found


@lru_cache(maxsize=_KEPT)
def _marked(name: str) -> tuple[str, NDArray[np.int8], tuple[str, ...]]:
    """Return (characters, marks, what stands for the region that begins at each)."""
    parts = segments(comparable(name))
    stands = [""] * len(parts.name)
    for region, chars in _short_of().items():
        at = parts.name.find(region)
        if at >= 0 and set(parts.marks[at : at + len(region)]) == {REGION}:
            stands[at] = chars
    marks = np.array([MARKS.index(mark) for mark in parts.marks], np.int8)
    return parts.name, marks, tuple(stands)


def even(matches: Sequence[Match]) -> bool:
    """Return whether the first two answers are told apart by nothing."""
    return len(matches) > 1 and matches[0].fit - matches[1].fit < EVEN
