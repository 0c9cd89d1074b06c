"""The words that names are built of: regions, trades, forms, tails of branches; data files."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from graph.identifiers.region import regions

_HERE = Path(__file__).parent
# The country stands where a region does, and says as little of who is meant.
COUNTRY = "中国"
_PROVINCES, _CITIES = "0000", "00"
# What a name may leave out of a region's own; the longest that fits.
_LEVELS = (
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "地区",
    "新区",
    "省",
    "市",
    "区",
    "县",
    "盟",
    "旗",
)
_SHORTEST = 2
_NO_REGIONS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
# A word that stands for several regions counts as the first of these.
_RANK = ("full", "province", "city", "county", "district")


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (_HERE / file).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(line for line in lines if not line.startswith("#"))


@cache
def forms() -> Mapping[str, str]:
    """Return the class of body by what its name ends in."""
    return {row["form"]: row["class"] for row in _rows("forms.csv")}


@cache
def tails() -> tuple[str, ...]:
    """Return what the names of branches end in, longest first."""
    return tuple(sorted((row["tail"] for row in _rows("branches.csv")), key=len, reverse=True))


@cache
def trades() -> frozenset[str]:
    """Return the words that say what a body does."""
    return frozenset(row["trade"] for row in _rows("trades.csv"))


@cache
def abbreviations() -> Mapping[str, str]:
    """Return the region that a single character stands for."""
    return {row["short"]: row["region"] for row in _rows("abbreviations.csv")}


def short_region(name: str) -> str:
    """Return a region's name without the word for its level, where two characters are left.

    >>> short_region("广东省"), short_region("佛山市"), short_region("沙县")
    ('广东', '佛山', '沙县')
    """
    for level in _LEVELS:
        if name.endswith(level) and len(name) - len(level) >= _SHORTEST:
            return name[: -len(level)]
    return name


@cache
def _region_table() -> tuple[Mapping[str, frozenset[str]], Mapping[str, str]]:
    codes: dict[str, set[str]] = {COUNTRY: {""}}
    former: dict[str, set[str]] = {}
    level: dict[str, str] = {COUNTRY: "province"}
    for region in regions().values():
        cut = region.code.removesuffix(_PROVINCES)
        cut = cut.removesuffix(_CITIES) if len(cut) > _SHORTEST else cut
        if len(region.name) < _SHORTEST or region.name in _NO_REGIONS:
            continue
        short = short_region(region.name)
        for word in {region.name, short}:
            (codes if region.valid else former).setdefault(word, set()).add(cut)
            if word == region.name and word != short:
                mine = "full"
            elif len(cut) < len(region.code):
                mine = "province" if len(cut) == _SHORTEST else "city"
            else:
                mine = "district" if region.name.endswith("区") else "county"
            kept = level.setdefault(word, mine)
            if _RANK.index(mine) < _RANK.index(kept):
                level[word] = mine
    # 中山 is the city of today, not the county of the same name that once lay in 佛山.
    return {word: frozenset(codes.get(word) or former[word]) for word in level}, level


def region_words() -> Mapping[str, frozenset[str]]:
    """Return what regions are called, in full and short, with the codes that each may mean.

    A code is cut after its last pair that is not 00: "44" a province, "4403" a city.
    """
    return _region_table()[0]


def level_of(word: str) -> str | None:
    """Return what a region word is at its highest: full, province, city, county or district.

    >>> level_of("广东省"), level_of("深圳"), level_of("昆山"), level_of("长安"), level_of("恒裕")
    ('full', 'city', 'county', 'county', None)
    """
    return _region_table()[1].get(word)
