"""A name in its parts: region, brand, trade, form, a branch's tail (企业名称登记管理规定)."""

import re
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


@cache
def _longest() -> tuple[int, int, int]:
    return tuple(max(map(len, words)) for words in (forms(), trades(), region_words()))  # type: ignore[return-value]


def _form_length(name: str) -> int:
    known = forms()
    for length in range(min(_longest()[0], len(name) - 1), 0, -1):
        if name[-length:] in known:
            return length
    return 0


def _trade_length(name: str) -> int:
    """Return how many characters at the end are trades, a brand before them left whole."""
    end = len(name)
    known, longest = trades(), _longest()[1]
    while True:
        for length in range(min(longest, end - SHORTEST_BRAND), 1, -1):
            if name[end - length : end] in known:
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
    known = region_words()
    for turn in range(_LEVELS):
        rest = name[at:]
        for length in range(min(_longest()[2], len(rest) - SHORTEST_BRAND), 1, -1):
            word = rest[:length]
            if word in known and (turn or _may_begin(word, rest[length:])):
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
    marks = [BRAND] * len(name) + [FORM] * form + [TAIL] * tail
    codes: frozenset[str] = frozenset()
    for found in _BRACKETS.finditer(name):
        known = region_words().get(found.group(1))
        codes = known or codes
        mark = REGION if known else BRACKET
        marks[found.start() : found.end()] = [mark] * len(found.group())
    plain = [place for place, mark in enumerate(marks) if mark == BRAND]
    core = "".join([name[place] for place in plain])
    led, first = _region_length(core)
    for place in plain[:led]:
        marks[place] = REGION
    plain, core = plain[led:], core[led:]
    # 某某技术上海有限公司: the region may come last.
    for length in range(4, 1, -1):
        word = core[-length:]
        if len(core) - length >= 2 * SHORTEST_BRAND and level_of(word) in {"province", "city"}:
            for place in plain[-length:]:
                marks[place] = REGION
            plain, core = plain[:-length], core[:-length]
            codes = codes or region_words()[word]
            break
    for place in plain[len(core) - _trade_length(core) :]:
        marks[place] = TRADE
    kept = [char not in "()" for char in whole]
    return Segments(
        "".join(compress(whole, kept)), "".join(compress(marks, kept)), codes or first, form_class
    )


def regions_agree(one: Segments, other: Segments) -> bool | None:
    """Return whether two names may be of one place: equal, one within the other; None: not said."""
    if not one.codes or not other.codes:
        return None
    return any(a.startswith(b) or b.startswith(a) for a in one.codes for b in other.codes)
