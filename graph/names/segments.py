"""A name in its parts: region, brand, trade, form, a branch's tail (企业名称登记管理规定)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import compress

from graph.names.words import forms, level_of, region_words, tails, trades

# What each character of a name belongs to; BRACKET: in brackets, and no region.
REGION, BRAND, TRADE, FORM, BRACKET, TAIL = "rbtfxy"
# The name of a whole body ends so, where a branch's begins.
_WHOLE = r"公司|事务所|银行|医院|学校|大学|学院|合作社|\(有限合伙\)|\(普通合伙\)|\(特殊普通合伙\)"
# Towns and parks stand after a region, as it does.
_TOWN = re.compile(r"^.{0,6}?(?:镇|乡|街道|开发区|高新区|保税区|新区|工业园区|工业园|产业园)")
# A brand has at least so many characters; no more is taken away from a name than leaves them.
SHORTEST_BRAND = 2
_BRACKETS = re.compile(r"\(([^()]*)\)?")
_LONGEST_TAIL = 16
# Country, province, city, county, town.
_LEVELS = 5
# Characters of a region that stands last, the most first.
_LAST_REGION = (4, 3, 2)
# Longer ones are no names: they are looked at up to here.
LONGEST_NAME = 120
_KEPT = 1 << 16


@dataclass(frozen=True, slots=True)
class Segments:
    """A name and what each of its characters belongs to (`marks`, one a character).

    `codes` are the regions that the last region word may mean, cut after the last pair that is not
    00: "44" a province, "4403" a city; empty: none was named. `form_class` as in forms.csv.
    """

    name: str
    marks: str
    codes: frozenset[str]
    form_class: str

    def part(self, mark: str) -> str:
        """Return the characters of one part, in order."""
        # Most names have one run of each, or none: no character need be looked at alone.
        start, end = self.marks.find(mark), self.marks.rfind(mark) + 1
        if self.marks.count(mark) == end - start:
            return self.name[start:end]
        return "".join(compress(self.name, map(mark.__eq__, self.marks)))

    @property
    def region(self) -> str:
        """Return region words, the town's among them."""
        return self.part(REGION)

    @property
    def brand(self) -> str:
        """Return 字号, what tells the body from others."""
        return self.part(BRAND)

    @property
    def trade(self) -> str:
        """Return 行业, what it does."""
        return self.part(TRADE)

    @property
    def form(self) -> str:
        """Return 组织形式, brackets left out."""
        return self.part(FORM)

    @property
    def tail(self) -> str:
        """Return what makes it a branch: place and 分公司, 支行 and the like."""
        return self.part(TAIL)

    @property
    def core(self) -> str:
        """Return brand and trade."""
        return self.brand + self.trade


@cache
def _branch() -> re.Pattern[str]:
    ends = "|".join(tails())
    return re.compile(rf"^(.+?(?:{_WHOLE}))(.{{0,{_LONGEST_TAIL}}}(?:{ends}))$")


def _lengths(words: Iterable[str], end: slice) -> Mapping[str, tuple[int, ...]]:
    """Return how long words are that have these characters at one end, longest first."""
    found: dict[str, set[int]] = {}
    for word in words:
        found.setdefault(word[end], set()).add(len(word))
    return {end: tuple(sorted(lengths, reverse=True)) for end, lengths in found.items()}


# Most names end, or go on, as no word does: two characters tell, and no longer one is looked up.


@cache
def _form_lengths() -> Mapping[str, tuple[int, ...]]:
    return _lengths(forms(), slice(-1, None))


@cache
def _trade_lengths() -> Mapping[str, tuple[int, ...]]:
    return _lengths((word for word in trades() if len(word) > 1), slice(-2, None))


@cache
def _region_lengths() -> Mapping[str, tuple[int, ...]]:
    return _lengths((word for word in region_words() if len(word) > 1), slice(2))


@cache
def _last_regions() -> frozenset[str]:
    """Return the provinces and cities, two to four characters long, that may stand last."""
    words = (word for word in region_words() if len(word) in _LAST_REGION)
    return frozenset(word for word in words if level_of(word) in {"province", "city"})


def _form_length(name: str) -> int:
    known = forms()
    for length in _form_lengths().get(name[-1:], ()):
        if length < len(name) and name[-length:] in known:
            return length
    return 0


def _trade_length(name: str) -> int:
    """Return how many characters at the end are trades, a brand before them left whole."""
    end = len(name)
    known, lengths = trades(), _trade_lengths()
    while True:
        for length in lengths.get(name[max(end - 2, 0) : end], ()):
            if length <= end - SHORTEST_BRAND and name[end - length : end] in known:
                end -= length
                break
        else:
            return len(name) - end


def _may_begin(word: str, rest: str) -> bool:
    """Return whether a region word stands for a region at the beginning of a name.

    Full names, provinces and cities do. A county's short name may be a brand (长安, 武功): it does
    where a brand is left behind it; that of a district never does.
    """
    level = level_of(word)
    if level == "county":
        return len(rest) - _trade_length(rest) >= SHORTEST_BRAND and rest not in trades()
    return level != "district"


def _region_length(name: str) -> tuple[int, frozenset[str]]:
    """Return (how many characters at the beginning are regions, codes of the last)."""
    at = 0
    codes: frozenset[str] = frozenset()
    known, lengths = region_words(), _region_lengths()
    for turn in range(_LEVELS):
        rest = name[at:]
        for length in lengths.get(rest[:2], ()):
            word = rest[:length]
            whole = length <= len(rest) - SHORTEST_BRAND and word in known
            if whole and (turn or _may_begin(word, rest[length:])):
                # A brand that is a region's name as well (中山) is none inside another region.
                inside = not codes or any(
                    new.startswith(old) for new in known[word] for old in codes
                )
                if turn and not inside:
                    continue
                at += length
                codes = known[word]
                break
        else:
            town = _TOWN.match(rest) if at else None
            if town and len(rest) - town.end() >= SHORTEST_BRAND:
                at += town.end()
            return at, codes
    return at, codes


@lru_cache(maxsize=_KEPT)
def segments(key: str) -> Segments:
    """Return the parts of a name as it is compared (loaders.clean.names.name_key).

    >>> parts = segments("广东省深圳市恒裕实业(集团)有限公司")
    >>> parts.region, parts.brand, parts.trade, parts.form
    ('广东省深圳市', '恒裕', '实业', '集团有限公司')
    >>> parts = segments("恒裕实业(深圳)有限公司广州分公司")
    >>> parts.brand, parts.region, parts.tail
    ('恒裕', '深圳', '广州分公司')
    """
    whole = key[:LONGEST_NAME]
    # What does not end as a branch is not searched for where one would begin.
    branch = _branch().match(whole) if whole.endswith(tails()) else None
    name = branch.group(1) if branch else whole
    tail = len(whole) - len(name)
    form = _form_length(name)
    form_class = forms().get(name[len(name) - form :], "") if form else ""
    name = name[: len(name) - form]
    cut, codes = (_cut_bracketed if "(" in name else _cut)(name)
    marks = cut + FORM * form + TAIL * tail
    if "(" in whole or ")" in whole:
        kept = [char not in "()" for char in whole]
        whole, marks = "".join(compress(whole, kept)), "".join(compress(marks, kept))
    return Segments(whole, marks, codes, form_class)


def _cut(name: str) -> tuple[str, frozenset[str]]:
    """Return (marks, codes) of a name without form, tail and brackets."""
    led, codes = _region_length(name)
    core, last = name[led:], 0
    # 某某技术上海有限公司: the region may come last.
    for length in _LAST_REGION:
        word = core[-length:]
        if len(core) - length >= 2 * SHORTEST_BRAND and word in _last_regions():
            core, last, codes = core[:-length], length, region_words()[word]
            break
    trade = _trade_length(core)
    return REGION * led + BRAND * (len(core) - trade) + TRADE * trade + REGION * last, codes


def _cut_bracketed(name: str) -> tuple[str, frozenset[str]]:
    """Return what `_cut` does of a name in which something stands in brackets: what is left is cut.

    The region in brackets goes before those outside of them.
    """
    marks = [BRAND] * len(name)
    codes: frozenset[str] = frozenset()
    for found in _BRACKETS.finditer(name):
        known = region_words().get(found.group(1))
        codes = known or codes
        mark = REGION if known else BRACKET
        marks[found.start() : found.end()] = [mark] * len(found.group())
    plain = [place for place, mark in enumerate(marks) if mark == BRAND]
    cut, others = _cut("".join([name[place] for place in plain]))
    for place, mark in zip(plain, cut, strict=True):
        marks[place] = mark
    return "".join(marks), codes or others


def regions_agree(one: Segments, other: Segments) -> bool | None:
    """Return whether two names may be of one place: equal, one within the other; None: not said."""
    if not one.codes or not other.codes:
        return None
    return any(a.startswith(b) or b.startswith(a) for a in one.codes for b in other.codes)
