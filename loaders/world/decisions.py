"""Records: permits, penalties in two forms and two tiers, courts, lists, honours, repairs."""

import numpy as np
import polars as pl

from loaders.world.noise import dirty, missing, noisy_names, written_dates
from loaders.world.registers import Integers, World
from loaders.world.tables import TRUE, Sheets, book_or_text
from loaders.world.words import pick, words

PENALTY_NOISE, COURT_NOISE, LIST_NOISE = 0.08, 0.15, 0.25
CODE_MISSING, DIRT = 0.05, 0.005
# Firms that are court defaulters; those with one as holder or holding: 10 to 17 times as many
# (domain.md 4.4), here 13 times.
DEFAULTERS = 0.014
NEAR_DEFAULTER = 13 * DEFAULTERS
# A city keeps its own copy of this part of the province's penalties.
TWO_TIERS = 0.2
REPAIRED = 0.03
KINDS = {
    "罚款": 60,
    "警告": 15,
    "没收违法所得": 8,
    "罚款；没收非法财物": 5,
    "暂扣许可证件": 3,
    "责令停产停业": 4,
    "吊销许可证件": 2,
    "通报批评": 3,
}
ACTS = [
    "超范围经营",
    "虚假宣传",
    "未按规定报送年度报告",
    "产品质量不合格",
    "违法排放污染物",
    "未落实安全生产措施",
]
# 2018 form: the heads of the city's own system, in its codes.
CODED = {
    "行政相对人名称": "cf_xdr_mc",
    "统一社会信用代码": "cf_xdr_shxym",
    "行政处罚决定书文号": "cf_wsh",
    "违法行为类型": "cf_wfxw",
    "违法事实": "cf_sy",
    "处罚类别": "cf_cflb",
    "处罚内容": "cf_nr",
    "罚款金额(万元)": "cf_nr_fk",
    "处罚决定日期": "cf_jdrq",
    "公示截止期": "cf_gsjzq",
    "处罚机关": "cf_cfjg",
}


def _subjects(rng: np.random.Generator, world: World, part: float) -> Integers:
    size = max(8, int(world.firms.height * part))
    return rng.integers(0, world.firms.height, size).astype(np.int64)


def _days(rng: np.random.Generator, size: int, first: str, days: int) -> pl.Series:
    chosen = np.datetime64(first) + rng.integers(0, days, size)
    return pl.Series(chosen.astype("datetime64[D]"))


def penalties(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add the province's penalties, the city's copies, the archive of 2015, and repairs."""
    firm = _subjects(rng, world, 0.08)
    size = firm.size
    fine = np.round(np.exp(rng.normal(0, 1.3, size)), 2)
    kinds = pick(rng, list(KINDS), list(KINDS.values()), size).tolist()
    day = _days(rng, size, "2023-06-01", 1_200)
    acts = pick(rng, ACTS, None, size).tolist()
    city = [words()["cities"][code]["name"] for code in world.firm("city", firm)]
    frame = pl.DataFrame(
        {
            "行政相对人名称": noisy_names(rng, world.firm("name", firm), PENALTY_NOISE),
            "行政相对人类别": ["法人及非法人组织"] * size,
            "统一社会信用代码": missing(rng, world.firm("uscc", firm), CODE_MISSING, "无"),
            "法定代表人": world.person("name", world.representative[firm]),
            "行政处罚决定书文号": [
                f"{name}市监罚〔{one.year}〕{number}号"
                for number, (name, one) in enumerate(zip(city, day, strict=True), start=1)
            ],
            "违法行为类型": acts,
            "违法事实": [f"经查，当事人{act}" for act in acts],
            "处罚类别": kinds,
            "处罚内容": [f"{kind} {amount}万元" for kind, amount in zip(kinds, fine, strict=True)],
            "罚款金额(万元)": [
                f"{amount:.6f}" if "罚款" in kind else ""
                for kind, amount in zip(kinds, fine, strict=True)
            ],
            "处罚决定日期": written_dates(rng, day),
            "公示截止期": [""] * size,
            "处罚机关": [f"{name}市市场监督管理局" for name in city],
            "涉及业务文号": [""] * size,
            f"{TRUE}subject": world.firm_ids(firm),
        }
    )
    frame = dirty(rng, frame, "处罚决定日期", DIRT, "2023-02-30")
    sheets.add("行政处罚_省", frame.to_dict(), encoding="gb18030")
    copy = frame.filter(pl.Series(rng.random(size) < TWO_TIERS))
    columns = [name for name in copy.columns if name in CODED or name.startswith(TRUE)]
    copied = copy.select(columns).rename(CODED)
    copied = copied.with_columns(
        noisy_names(rng, copied["cf_xdr_mc"], PENALTY_NOISE).alias("cf_xdr_mc")
    )
    sheets.add("行政处罚_市", copied.to_dict())
    _archive(rng, world, sheets)
    _repairs(rng, frame, sheets)


def _archive(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    firm = _subjects(rng, world, 0.02)
    organisation = world.firm("uscc", firm).str.slice(8, 9)
    sheets.add(
        "行政处罚_2015",
        {
            "文书号": [f"粤罚字[2015]第{number:06d}号" for number in range(firm.size)],
            "处罚名称": ["违反市场监督管理规定"] * firm.size,
            "处罚类别1": ["罚款"] * firm.size,
            "处罚事由": pick(rng, ACTS, None, firm.size).tolist(),
            "处罚依据": ["有关法律法规"] * firm.size,
            "行政相对人名称": noisy_names(rng, world.firm("name", firm), COURT_NOISE),
            "行政相对人代码_1(统一社会信用代码)": [""] * firm.size,
            "行政相对人代码_2(组织机构代码)": organisation.str.slice(0, 8)
            + "-"
            + organisation.str.slice(8),
            "行政相对人代码_3(工商登记码)": missing(
                rng, world.firm("registration_number", firm), 0.5
            ),
            "法定代表人姓名": world.person("name", world.representative[firm]),
            "处罚结果": ["罚款5000元"] * firm.size,
            "处罚决定日期": written_dates(rng, _days(rng, firm.size, "2014-06-01", 600)),
            "处罚机关": ["广东省工商行政管理局"] * firm.size,
            "当前状态": ["0"] * firm.size,
            f"{TRUE}subject": world.firm_ids(firm),
        },
    )


def _repairs(rng: np.random.Generator, penalties_: pl.DataFrame, sheets: Sheets) -> None:
    chosen = penalties_.filter(pl.Series(rng.random(penalties_.height) < REPAIRED))
    chosen = pl.concat([penalties_.head(2), chosen]).unique(
        "行政处罚决定书文号", maintain_order=True
    )
    status = [
        "已修复",
        "异议中",
        *pick(rng, ["已修复", "异议中", "已撤销"], [7, 2, 1], chosen.height).tolist(),
    ]
    sheets.add(
        "记录状态变更",
        {
            "类别": ["行政处罚"] * chosen.height,
            "文书号或案号": chosen["行政处罚决定书文号"],
            "当事人名称": chosen["行政相对人名称"],
            "统一社会信用代码": chosen["统一社会信用代码"],
            "状态": status[: chosen.height],
            "日期": ["2026-09-30"] * chosen.height,
            f"{TRUE}subject": chosen[f"{TRUE}subject"],
        },
        suffix=".json",
        encoding="utf-8",
    )


def _with_neighbours(rng: np.random.Generator, sheets: Sheets, firm: Integers) -> Integers:
    """Add some of the firms that hold one of these or are held by it: dishonesty has company."""
    ends = sheets.frame("股东及出资").select(f"{TRUE}company", f"{TRUE}holder")
    ends = ends.filter(pl.col(f"{TRUE}holder").str.starts_with("F"))
    pairs = ends.select(pl.all().str.slice(1).cast(pl.Int64)).to_numpy()
    both = np.concatenate([pairs, pairs[:, ::-1]])
    near = np.unique(both[np.isin(both[:, 0], firm), 1])
    hit = near[rng.spawn(1)[0].random(near.size) < NEAR_DEFAULTER]
    return np.concatenate([firm, np.setdiff1d(hit, firm)])


def courts(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add court defaulters, firms and people in one file."""
    firm = _with_neighbours(rng, sheets, _subjects(rng, world, DEFAULTERS))
    person = rng.integers(0, world.people.height, max(4, firm.size // 3)).astype(np.int64)
    size = firm.size + person.size
    organisation = world.firm("uscc", firm).str.slice(8, 9)
    printed = organisation.str.slice(0, 8) + "-" + organisation.str.slice(8)
    names = pl.concat(
        [noisy_names(rng, world.firm("name", firm), COURT_NOISE), world.person("name", person)]
    )
    numbers = pl.concat([missing(rng, printed, 0.4), world.person("id_number", person)])
    leaders = [*world.person("name", world.representative[firm]), *([""] * person.size)]
    day = _days(rng, size, "2025-01-10", 650)
    frame = pl.DataFrame(
        {
            "被执行人姓名/名称": names,
            "身份证号码/组织机构代码": numbers,
            "法定代表人或者负责人姓名": leaders,
            "执行法院": ["广州市天河区人民法院"] * size,
            "执行依据文号": [f"（2022）粤0106民初{number}号" for number in range(size)],
            "立案时间": written_dates(rng, day, mixed=False),
            "案号": [
                f"（{one.year}）粤0106执{number}号" for number, one in enumerate(day, start=1)
            ],
            "履行情况": pick(rng, ["全部未履行", "部分未履行"], [3, 1], size).tolist(),
            "失信行为具体情形": ["有履行能力而拒不履行生效法律文书确定义务"] * size,
            "发布时间": written_dates(rng, day),
            f"{TRUE}subject": [*world.firm_ids(firm), *world.person_ids(person)],
        }
    )
    sheets.add(
        "失信被执行人", dirty(rng, frame, "发布时间", DIRT, "待定").to_dict(), encoding="gb18030"
    )


def lists(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add the lists of market regulation and of taxation, and what is positive."""
    for name, part, reason in (
        ("严重违法失信名单", 0.005, "提交虚假材料取得登记"),
        ("经营异常名录", 0.04, "通过登记的住所无法联系"),
    ):
        firm = _subjects(rng, world, part)
        listed = _days(rng, firm.size, "2023-01-10", 1_200)
        later = written_dates(rng, listed.dt.offset_by("120d"), mixed=False)
        removed = missing(rng, later, 0.6)
        sheets.add(
            name,
            {
                "企业名称": noisy_names(rng, world.firm("name", firm), LIST_NOISE),
                "统一社会信用代码": missing(rng, world.firm("uscc", firm), 0.1),
                "注册号": world.firm("registration_number", firm),
                "列入日期": written_dates(rng, listed),
                "列入原因": [reason] * firm.size,
                "决定机关": ["广东省市场监督管理局"] * firm.size,
                "移出日期": removed,
                "移出原因": [""] * firm.size,
                f"{TRUE}subject": world.firm_ids(firm),
            },
            suffix=book_or_text(firm.size),
        )
    firm = _subjects(rng, world, 0.003)
    sheets.add(
        "重大税收违法失信主体",
        {
            "纳税人名称": noisy_names(rng, world.firm("name", firm), PENALTY_NOISE),
            "纳税人识别号": world.firm("uscc", firm),
            "组织机构代码": world.firm("uscc", firm).str.slice(8, 9),
            "法定代表人姓名": world.person("name", world.representative[firm]),
            "法定代表人证件号码": world.person("id_number", world.representative[firm]),
            "案件性质": ["虚开增值税专用发票"] * firm.size,
            "主要违法事实": ["对外虚开增值税专用发票"] * firm.size,
            "处理处罚情况": ["处以追缴税款并罚款"] * firm.size,
            "发布日期": written_dates(rng, _days(rng, firm.size, "2024-06-01", 700)),
            f"{TRUE}subject": world.firm_ids(firm),
        },
        suffix=".json",
        encoding="utf-8",
    )


def honours(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add permits, tax grades A and honours."""
    firm = _subjects(rng, world, 0.3)
    day = _days(rng, firm.size, "2022-01-01", 1_500)
    sheets.add(
        "行政许可",
        {
            "行政相对人名称": noisy_names(rng, world.firm("name", firm), PENALTY_NOISE),
            "统一社会信用代码": missing(rng, world.firm("uscc", firm), CODE_MISSING),
            "许可决定文书号": [f"粤许准字〔2024〕{number:07d}号" for number in range(firm.size)],
            "许可内容": pick(
                rng, ["食品经营许可", "道路运输经营许可", "建筑业企业资质"], None, firm.size
            ).tolist(),
            "许可决定日期": written_dates(rng, day),
            "有效期自": written_dates(rng, day, mixed=False),
            "有效期至": ["2099-12-31"] * firm.size,
            "许可机关": ["广东省政务服务和数据管理局"] * firm.size,
            f"{TRUE}subject": world.firm_ids(firm),
        },
    )
    graded = np.unique(_subjects(rng, world, 0.1))
    sheets.add(
        "纳税信用A级",
        {
            "纳税人名称": world.firm("name", graded),
            "纳税人识别号": world.firm("uscc", graded),
            "评价年度": ["2025"] * graded.size,
            f"{TRUE}subject": world.firm_ids(graded),
        },
    )
    honoured = np.unique(_subjects(rng, world, 0.02))
    sheets.add(
        "守信红名单",
        {
            "企业名称": world.firm("name", honoured),
            "统一社会信用代码": world.firm("uscc", honoured),
            "荣誉名称": ["守合同重信用企业"] * honoured.size,
            "认定部门": ["广东省市场监督管理局"] * honoured.size,
            "认定日期": ["2025-06-30"] * honoured.size,
            f"{TRUE}subject": world.firm_ids(honoured),
        },
        suffix=book_or_text(honoured.size),
    )
