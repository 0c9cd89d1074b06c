"""Groups by which parties are counted: province, city, section of industry, class of capital."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.identifiers.region import regions
from graph.schema.catalog import SCHEMA
from graph.snapshot import form
from graph.snapshot.reader import Snapshot

KINDS = ("province", "region", "industry", "size")
# Characters of a region's code that name the province, and the city (GB/T 2260).
_PLACES = {"province": 2, "region": 4}
_WHOLE_CODE = 6
_NOT_STATED = "not_stated"
_PERSON = "person"
# GB/T 4754-2017: section, its title, its last division.
_SECTIONS = (
    ("A", "农、林、牧、渔业", 5),
    ("B", "采矿业", 12),
    ("C", "制造业", 43),
    ("D", "电力、热力、燃气及水生产和供应业", 46),
    ("E", "建筑业", 50),
    ("F", "批发和零售业", 52),
    ("G", "交通运输、仓储和邮政业", 60),
    ("H", "住宿和餐饮业", 62),
    ("I", "信息传输、软件和信息技术服务业", 65),
    ("J", "金融业", 69),
    ("K", "房地产业", 70),
    ("L", "租赁和商务服务业", 72),
    ("M", "科学研究和技术服务业", 75),
    ("N", "水利、环境和公共设施管理业", 79),
    ("O", "居民服务、修理和其他服务业", 82),
    ("P", "教育", 83),
    ("Q", "卫生和社会工作", 85),
    ("R", "文化、体育和娱乐业", 90),
    ("S", "公共管理、社会保障和社会组织", 96),
    ("T", "国际组织", 97),
)
# Yuan: the classes of registered capital stand in for the size of an enterprise, which no resource
# states (工信部联企业〔2011〕300号 asks for staff, revenue and assets).
_CAPITAL = (
    ("1", "注册资本 100 万元以下", 1e6),
    ("2", "注册资本 100 万元至 1,000 万元", 1e7),
    ("3", "注册资本 1,000 万元至 1 亿元", 1e8),
    ("4", "注册资本 1 亿元以上", float("inf")),
)
_YUAN = ("人民币", "人民币元", "CNY", "RMB", "156")
TITLES = {
    "province": {_NOT_STATED: "未注明地区"},
    "region": {_NOT_STATED: "未注明地区"},
    "industry": {_NOT_STATED: "未注明行业", _PERSON: "自然人（无行业）"}
    | {section: title for section, title, _ in _SECTIONS},
    "size": {
        _NOT_STATED: "未注明注册资本",
        _PERSON: "自然人（无规模）",
        "foreign": "注册资本为外币",
    }
    | {code: title for code, title, _ in _CAPITAL},
}


def groups_by(snapshot: Snapshot, kind: str) -> NDArray[np.str_]:
    """Return the group of every party (n,), a code of its kind in KINDS; "" for what is none."""
    columns = ("label", "region", "industry", "registered_capital", "capital_currency")
    nodes = snapshot.table("nodes").select(*columns).collect()
    found = nodes.select(_EXPRESSIONS[kind].fill_null(_NOT_STATED)).to_series()
    party = np.asarray(snapshot.arrays["node_party"], np.bool_)
    return np.where(party, found.to_numpy().astype(np.str_), "")


def title_of(kind: str, code: str) -> str:
    """Return how a group is called; the code itself where it has no title.

    >>> title_of("region", "4401"), title_of("province", "44"), title_of("industry", "P")
    ('广州市', '广东省', '教育')
    """
    if kind in _PLACES and (region := regions().get(code.ljust(_WHOLE_CODE, "0"))):
        return region.name
    return TITLES[kind].get(code, code)


def section_title(code: str) -> str | None:
    """Return the section that an industry's code belongs to (GB/T 4754-2017), None for no code.

    >>> section_title("C3985"), section_title("83"), section_title("")
    ('制造业', '教育', None)
    """
    told = code.strip()
    letter, digits = told[:1], told[:2]
    for section, title, last in _SECTIONS:
        if letter == section or (digits.isdecimal() and 0 < int(digits) <= last):
            return title
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
    for code, _, last in reversed(_SECTIONS):
        section = pl.when(division <= last).then(pl.lit(code)).otherwise(section)
    return pl.coalesce(letter, pl.when(division > 0).then(section))


def _capital() -> pl.Expr:
    amount = pl.col("registered_capital")
    sized = pl.lit(None, pl.String)
    for code, _, below in reversed(_CAPITAL):
        sized = pl.when(amount < below).then(pl.lit(code)).otherwise(sized)
    yuan = pl.col("capital_currency").is_null() | pl.col("capital_currency").is_in(_YUAN)
    return pl.when(amount.is_null()).then(None).when(yuan).then(sized).otherwise(pl.lit("foreign"))


_EXPRESSIONS = {
    **{kind: pl.col("region").str.slice(0, length) for kind, length in _PLACES.items()},
    "industry": _of_organisations(_section()),
    "size": _of_organisations(_capital()),
}
