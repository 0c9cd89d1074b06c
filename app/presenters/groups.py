"""Groups by which parties are counted: province, city, section of industry, class of capital."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.identifiers.region import regions
from graph.schema.catalog import SCHEMA
from graph.schema.words import Text
from graph.snapshot import form
from graph.snapshot.reader import Snapshot
from loaders.tables.read import code_table

KINDS = ("province", "region", "industry", "size")
# Characters of a region's code that name the province, and the city (GB/T 2260).
_PLACES = {"province": 2, "region": 4}
_WHOLE_CODE = 6
_NOT_STATED = "not_stated"
_PERSON = "person"
# Yuan: the classes of registered capital stand in for the size of an enterprise, which no resource
# states (工信部联企业〔2011〕300号 asks for staff, revenue and assets).
_CAPITAL = (
    ("1", Text("注册资本 100 万元以下", "capital below 1 million yuan"), 1e6),
    ("2", Text("注册资本 100 万元至 1,000 万元", "capital of 1 to 10 million yuan"), 1e7),
    ("3", Text("注册资本 1,000 万元至 1 亿元", "capital of 10 to 100 million yuan"), 1e8),
    ("4", Text("注册资本 1 亿元以上", "capital of 100 million yuan or more"), float("inf")),
)
_YUAN = ("人民币", "人民币元", "CNY", "RMB", "156")
_NO_REGION = {_NOT_STATED: Text("未注明地区", "no region stated")}
_TITLES = {
    "province": _NO_REGION,
    "region": _NO_REGION,
    "industry": {
        _NOT_STATED: Text("未注明行业", "no industry stated"),
        _PERSON: Text("自然人（无行业）", "persons (of no industry)"),
    },
    "size": {
        _NOT_STATED: Text("未注明注册资本", "no capital stated"),
        _PERSON: Text("自然人（无规模）", "persons (of no size)"),
        "foreign": Text("注册资本为外币", "capital in another currency"),
    }
    | {code: title for code, title, _ in _CAPITAL},
}


@dataclass(frozen=True, slots=True)
class _Section:
    """A section of industries: its letter, its title, its last division."""

    code: str
    title: Text
    last: int


@cache
def _sections() -> tuple[_Section, ...]:
    rows = code_table("industry_sections").iter_rows(named=True)
    return tuple(
        _Section(row["section"], Text(row["zh"], row["en"]), int(row["last_division"]))
        for row in rows
    )


def groups_by(snapshot: Snapshot, kind: str) -> NDArray[np.str_]:
    """Return the group of every party (n,), a code of its kind in KINDS; "" for what is none."""
    columns = ("label", "region", "industry", "registered_capital", "capital_currency")
    nodes = snapshot.table("nodes").select(*columns).collect()
    found = nodes.select(_expression(kind).fill_null(_NOT_STATED)).to_series()
    party = np.asarray(snapshot.arrays["node_party"], np.bool_)
    return np.where(party, found.to_numpy().astype(np.str_), "")


def title_of(kind: str, code: str, language: str = "zh") -> str:
    """Return how a group is called; the code itself where it has no title.

    Regions are called by their Chinese names in either language.

    >>> title_of("region", "4401"), title_of("industry", "P"), title_of("industry", "P", "en")
    ('广州市', '教育', 'Education')
    """
    if kind in _PLACES and (region := regions().get(code.ljust(_WHOLE_CODE, "0"))):
        return region.name
    titles = _TITLES[kind]
    if kind == "industry":
        titles = titles | {section.code: section.title for section in _sections()}
    return titles[code].to(language) if code in titles else code


def section_title(code: str, language: str = "zh") -> str | None:
    """Return the section that an industry's code belongs to (GB/T 4754-2017), None for no code.

    >>> section_title("C3985"), section_title("83", "en"), section_title("")
    ('制造业', 'Education', None)
    """
    told = code.strip()
    letter, digits = told[:1], told[:2]
    for section in _sections():
        if letter == section.code or (digits.isdecimal() and 0 < int(digits) <= section.last):
            return section.title.to(language)
    return None


def _of_organisations(value: pl.Expr) -> pl.Expr:
    organisations = [one for one in form.LABELS if SCHEMA.is_a(one, "Organisation")]
    is_person = ~pl.col("label").is_in(organisations)
    return pl.when(is_person).then(pl.lit(_PERSON)).otherwise(value)


def _section() -> pl.Expr:
    text = pl.col("industry").str.strip_chars()
    letter = text.str.extract(r"^([A-T])")
    division = text.str.extract(r"^(\d{2})").cast(pl.Int32)
    section = pl.lit(None, pl.String)
    for one in reversed(_sections()):
        section = pl.when(division <= one.last).then(pl.lit(one.code)).otherwise(section)
    return pl.coalesce(letter, pl.when(division > 0).then(section))


def _capital() -> pl.Expr:
    amount = pl.col("registered_capital")
    sized = pl.lit(None, pl.String)
    for code, _, below in reversed(_CAPITAL):
        sized = pl.when(amount < below).then(pl.lit(code)).otherwise(sized)
    yuan = pl.col("capital_currency").is_null() | pl.col("capital_currency").is_in(_YUAN)
    return pl.when(amount.is_null()).then(None).when(yuan).then(sized).otherwise(pl.lit("foreign"))


def _expression(kind: str) -> pl.Expr:
    if kind in _PLACES:
        return pl.col("region").str.slice(0, _PLACES[kind])
    return _of_organisations(_section() if kind == "industry" else _capital())
