"""The market register and what is filed beside it: representatives, holders, staff, changes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from loaders.world.noise import dirty, missing, noisy_names, written_dates, wrong_character
from loaders.world.tables import TRUE, Sheets, book_or_text
from loaders.world.words import pick, words

Integers = npt.NDArray[np.int64]

# Rates by source (domain.md 4.4): the register is nearly clean, the rest less so.
REGISTER_NOISE, REGISTER_DIRT = 0.01, 0.003
# A part of all firms has a nominee as representative, who represents many.
NOMINEES, NOMINEE_FIRMS = 0.03, 14
NUMBER_MISSING = 0.25
# First holders who represent the company themselves; later holders that are companies.
OWN_FIRM, BY_FIRM = 0.6, 0.12


@dataclass(frozen=True, slots=True)
class World:
    """Who there is: firms and people, and who represents each firm (person by firm)."""

    firms: pl.DataFrame
    people: pl.DataFrame
    representative: Integers

    def firm(self, column: str, places: Integers) -> pl.Series:
        """Return a column of firms by place."""
        return self.firms[column].gather(places)

    def person(self, column: str, places: Integers) -> pl.Series:
        """Return a column of people by place."""
        return self.people[column].gather(places)

    def firm_ids(self, places: Integers) -> list[str]:
        """Return the true ids of firms."""
        return [f"F{place}" for place in places.tolist()]

    def person_ids(self, places: Integers) -> list[str]:
        """Return the true ids of people."""
        return [f"P{place}" for place in places.tolist()]


def representatives(rng: np.random.Generator, firms: int, people: int) -> Integers:
    """Return the person who represents each firm; a few nominees represent many."""
    chosen = rng.integers(0, people, firms)
    nominees = max(1, int(firms * NOMINEES / NOMINEE_FIRMS))
    hit = rng.random(firms) < NOMINEES
    return np.where(hit, rng.integers(0, nominees, firms), chosen).astype(np.int64)


def register(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add the market register itself."""
    firms = world.firms
    size = firms.height
    frame = pl.DataFrame(
        {
            "统一社会信用代码": wrong_character(rng, firms["uscc"], REGISTER_DIRT),
            "注册号": missing(rng, firms["registration_number"], 0.3),
            "企业名称": firms["name"],
            "曾用名": firms["former"],
            "企业类型": firms["type"],
            "登记状态": firms["state"],
            "法定代表人": world.person("name", world.representative),
            "注册资本(万元)": firms["capital"].cast(pl.String),
            "币种": pl.Series(["人民币"] * size),
            "成立日期": written_dates(rng, firms["established"]),
            "注销日期": written_dates(rng, firms["ended"], mixed=False),
            "住所": firms["address"],
            "住所区划": firms["region"],
            "行业代码": firms["industry"],
            "经营范围": firms["scope"],
            "登记机关": pl.Series(
                [f"{words()['cities'][city]['name']}市市场监督管理局" for city in firms["city"]]
            ),
            "联系电话": missing(rng, firms["phone"], 0.1, "无"),
            "电子邮箱": missing(rng, firms["email"], 0.6),
            "核准日期": written_dates(rng, firms["established"], mixed=False),
            f"{TRUE}company": world.firm_ids(np.arange(size)),
        }
    )
    frame = dirty(rng, frame, "成立日期", REGISTER_DIRT, "2019-13-45")
    frame = dirty(rng, frame, "企业名称", REGISTER_DIRT / 3, "")
    frame = dirty(rng, frame, "注册资本(万元)", REGISTER_DIRT / 3, "见章程")
    sheets.add("市场主体登记", frame.to_dict(), encoding="gb18030")


def legal_representatives(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add the representatives with their identity numbers."""
    places = np.arange(world.firms.height)
    people = world.representative
    frame = pl.DataFrame(
        {
            "企业名称": noisy_names(rng, world.firms["name"], REGISTER_NOISE),
            "统一社会信用代码": world.firms["uscc"],
            "姓名": world.person("name", people),
            "证件类型": pl.Series(["居民身份证"] * places.size),
            "证件号码": missing(rng, world.person("id_number", people), 0.05, "暂无"),
            "国籍": pl.Series(["中国"] * places.size),
            "任职起始日期": written_dates(rng, world.firms["established"]),
            "任职截止日期": written_dates(rng, world.firms["ended"], mixed=False),
            f"{TRUE}company": world.firm_ids(places),
            f"{TRUE}person": world.person_ids(people),
        }
    )
    sheets.add("法定代表人", dirty(rng, frame, "姓名", REGISTER_DIRT, "").to_dict())


def holders(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add holders: one to three a company, mostly people, some other companies; shares add up."""
    kinds = world.firms["kind"]
    companies = np.flatnonzero((kinds != "sole") & ~kinds.is_in(["society", "institution"]))
    count = rng.choice([1, 2, 3], companies.size, p=[0.35, 0.4, 0.25])
    company = np.repeat(companies, count)
    first = np.r_[True, company[1:] != company[:-1]]
    weight = rng.integers(1, 10, company.size).astype(np.float64)
    total = np.bincount(company, weights=weight, minlength=world.firms.height)
    share = np.round(weight / total[company], 4)
    person = np.where(
        first & (rng.random(company.size) < OWN_FIRM),
        world.representative[company],
        rng.integers(0, world.people.height, company.size),
    )
    # A company holds only older ones by place: rings are told as stories, never by accident.
    by_firm = (rng.random(company.size) < BY_FIRM) & ~first & (company > 0)
    owner = (rng.random(company.size) * np.maximum(company, 1)).astype(np.int64)
    capital = world.firm("capital", company).to_numpy()
    amount = pl.Series(np.round(capital * share, 4)).cast(pl.String)
    names = pl.DataFrame(
        {"p": world.person("name", person), "f": world.firm("name", owner), "by": by_firm}
    )
    numbers = pl.DataFrame(
        {"p": world.person("id_number", person), "f": world.firm("uscc", owner), "by": by_firm}
    )
    chosen = pl.when("by").then("f").otherwise("p").alias("x")
    ids = np.where(by_firm, world.firm_ids(owner), world.person_ids(person))
    frame = pl.DataFrame(
        {
            "企业名称": world.firm("name", company),
            "统一社会信用代码": world.firm("uscc", company),
            "股东名称": noisy_names(rng, names.select(chosen).to_series(), REGISTER_NOISE),
            "股东证件号码": missing(rng, numbers.select(chosen).to_series(), NUMBER_MISSING),
            "认缴出资额(万元)": amount,
            "实缴出资额(万元)": missing(rng, amount, 0.5),
            "持股比例(%)": missing(rng, pl.Series(np.round(share * 100, 4)).cast(pl.String), 0.5),
            "认缴出资日期": written_dates(rng, world.firm("established", company)),
            f"{TRUE}company": world.firm_ids(company),
            f"{TRUE}holder": ids,
        }
    )
    frame = dirty(rng, frame, "持股比例(%)", REGISTER_DIRT, "140")
    sheets.add("股东及出资", frame.to_dict(), encoding="gb18030")


def staff(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add directors, supervisors and finance leads of companies."""
    companies = np.flatnonzero(world.firms["kind"].is_in(["company", "stock"]))
    company = np.repeat(companies, 2)
    person = rng.integers(0, world.people.height, company.size)
    posts = ["执行董事", "监事", "经理", "财务负责人", "董事", "联络员"]
    frame = pl.DataFrame(
        {
            "企业名称": noisy_names(rng, world.firm("name", company), REGISTER_NOISE),
            "统一社会信用代码": world.firm("uscc", company),
            "姓名": world.person("name", person),
            "职务": pl.Series(pick(rng, posts, [3, 4, 3, 2, 2, 0.2], company.size).tolist()),
            "证件号码": missing(rng, world.person("id_number", person), NUMBER_MISSING),
            "任职起始日期": written_dates(rng, world.firm("established", company)),
            "任职截止日期": pl.Series([None] * company.size, dtype=pl.String),
            f"{TRUE}company": world.firm_ids(company),
            f"{TRUE}person": world.person_ids(person),
        }
    )
    sheets.add("主要人员", frame.to_dict())


def branches(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add branches of companies: the parent's name, a place, a code of their own."""
    parents = _some(rng, world, "company", 0.03)
    cities = [value["name"] for value in words()["cities"].values()]
    city = pick(rng, cities, None, parents.size)
    # Branch codes are registration-less here: they are resolved by their full name.
    names = [
        f"{name}{place}分公司"
        for name, place in zip(world.firm("name", parents), city, strict=True)
    ]
    sheets.add(
        "分支机构",
        {
            "分支机构名称": names,
            "分支机构统一社会信用代码": [""] * parents.size,
            "隶属企业名称": world.firm("name", parents),
            "隶属企业统一社会信用代码": world.firm("uscc", parents),
            "成立日期": written_dates(rng, world.firm("established", parents)),
            f"{TRUE}company": world.firm_ids(parents),
        },
    )


def changes(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add renamings and changes of representative."""
    firms = world.firms
    renamed = np.flatnonzero(firms["former"].is_not_null())
    moved = _some(rng, world, "company", 0.05)
    before = rng.integers(0, world.people.height, moved.size)
    changed = np.r_[renamed, moved]
    item = ["名称变更"] * renamed.size + ["法定代表人变更"] * moved.size
    old = [*world.firm("former", renamed), *world.person("name", before)]
    new = [*world.firm("name", renamed), *world.person("name", world.representative[moved])]
    day = world.firm("established", changed).to_numpy() + rng.integers(100, 1_500, changed.size)
    sheets.add(
        "变更登记",
        {
            "企业名称": world.firm("name", changed),
            "统一社会信用代码": world.firm("uscc", changed),
            "变更事项": item,
            "变更前内容": old,
            "变更后内容": new,
            "变更日期": written_dates(rng, pl.Series(day.astype("datetime64[D]"))),
            f"{TRUE}company": world.firm_ids(changed),
        },
    )


def share_changes(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add holders who sold what they had."""
    company = _some(rng, world, "company", 0.03)
    seller = rng.integers(0, world.people.height, company.size)
    day = world.firm("established", company).to_numpy() + rng.integers(200, 2_000, company.size)
    sheets.add(
        "股权变更",
        {
            "企业名称": world.firm("name", company),
            "统一社会信用代码": world.firm("uscc", company),
            "股东名称": world.person("name", seller),
            "变更前比例(%)": pl.Series(rng.integers(5, 60, company.size)).cast(pl.String),
            "变更后比例(%)": ["0"] * company.size,
            "变更日期": written_dates(rng, pl.Series(day.astype("datetime64[D]"))),
            f"{TRUE}company": world.firm_ids(company),
            f"{TRUE}holder": world.person_ids(seller),
        },
    )


def guarantees(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add guarantees and pledges between firms."""
    one = _some(rng, world, "company", 0.02)
    two = rng.permutation(one)
    keep = one != two
    one, two = one[keep], two[keep]
    banks = pick(rng, words()["banks"], None, one.size).tolist()
    since = np.datetime64("2022-01-01") + rng.integers(0, 1_200, one.size)
    amount = pl.Series(rng.integers(50, 5_000, one.size)).cast(pl.String)
    sheets.add(
        "对外担保",
        {
            "担保人名称": world.firm("name", one),
            "担保人统一社会信用代码": world.firm("uscc", one),
            "债务人名称": world.firm("name", two),
            "债务人统一社会信用代码": world.firm("uscc", two),
            "债权人名称": banks,
            "担保金额(万元)": amount,
            "担保起始日期": written_dates(rng, pl.Series(since.astype("datetime64[D]"))),
            "担保截止日期": written_dates(
                rng, pl.Series((since + 1_095).astype("datetime64[D]")), mixed=False
            ),
            f"{TRUE}guarantor": world.firm_ids(one),
            f"{TRUE}borrower": world.firm_ids(two),
        },
    )
    company = one[: max(1, one.size // 2)]
    pledgor = world.representative[company]
    sheets.add(
        "股权出质",
        {
            "登记编号": [f"{4400000 + place:09d}" for place in range(company.size)],
            "出质人": world.person("name", pledgor),
            "出质人证件号码": world.person("id_number", pledgor),
            "质权人": banks[: company.size],
            "出质股权所在企业": world.firm("name", company),
            "统一社会信用代码": world.firm("uscc", company),
            "出质数额(万元)": amount.head(company.size),
            "登记日期": written_dates(
                rng, pl.Series(since[: company.size].astype("datetime64[D]"))
            ),
            "状态": ["有效"] * company.size,
            f"{TRUE}company": world.firm_ids(company),
        },
        suffix=book_or_text(company.size),
    )


def _some(rng: np.random.Generator, world: World, kind: str, part: float) -> Integers:
    """Return some firms of a kind, a part of all firms, without repetition."""
    listed = np.flatnonzero(world.firms["kind"] == kind)
    size = max(6, int(world.firms.height * part))
    return np.sort(rng.choice(listed, min(size, listed.size), replace=False)).astype(np.int64)
