"""Administrative region 行政区划, GB/T 2260: names, and what became of abolished codes."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("regions.csv")
LENGTH = 6


@dataclass(frozen=True, slots=True)
class Region:
    """One code ever used; `successors` are valid codes that took its place."""

    code: str
    name: str
    successors: tuple[str, ...]
    valid: bool


@cache
def regions() -> Mapping[str, Region]:
    """Return every region by code."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {
            row["code"]: Region(
                row["code"],
                row["name"],
                tuple(code for code in row["successors"].split("|") if code),
                row["valid"] == "1",
            )
            for row in rows
        }


def current(code: str) -> str | None:
    """Return the valid code for a code ever used; None where it is unknown or was divided.

    >>> current("440681"), current("440106"), current("999999")
    ('440606', '440106', None)
    """
    region = regions().get(code)
    if region is None:
        return None
    if region.valid:
        return code
    return region.successors[0] if len(region.successors) == 1 else None


def name_of(code: str) -> str | None:
    """Return the name of a region, abolished ones included.

    >>> name_of("440300")
    '深圳市'
    """
    region = regions().get(code)
    return region.name if region else None


def city_of(code: str) -> str:
    """Return the code of the city (prefecture) that a code belongs to."""
    return code[:4] + "00"


def full_name(code: str) -> str:
    """Return province, city and county in one text; parts without a name are left out."""
    parts = dict.fromkeys((code[:2] + "0000", city_of(code), code))
    return "".join(name for part in parts if (name := name_of(part)) and name != "市辖区")
