"""Intermediaries, their professionals and what they did for whom; tenders and bidders."""

import numpy as np
import polars as pl

from loaders.world.noise import missing, noisy_names, written_dates
from loaders.world.registers import Integers, World
from loaders.world.tables import TRUE, Sheets, book_or_text
from loaders.world.words import pick

# One firm in so many is an intermediary of one of the plan's thirteen classes.
FIRMS_BY_INTERMEDIARY = 100
CLASSES = {
    "律师": ("律师", "法律意见"),
    "公证仲裁": ("律师", "公证"),
    "司法鉴定": ("会计师", "鉴定意见"),
    "鉴证": ("注册税务师", "涉税鉴证"),
    "会计": ("会计师", "审计"),
    "担保": ("会计师", "担保"),
    "评估": ("评估师", "评估"),
    "代理": ("会计师", "代理记账"),
    "经纪": ("保险经纪人", "经纪"),
    "职业介绍": ("会计师", "劳务派遣"),
    "咨询": ("会计师", "造价咨询"),
    "交易": ("会计师", "拍卖"),
    "检验检测": ("认证和检验检测从业人员", "检测报告"),
}
STAFF = 5
CODE_MISSING, NAME_NOISE = 0.3, 0.05


def intermediaries(rng: np.random.Generator, world: World) -> Integers:
    """Return the firms that are intermediaries, companies all."""
    listed = np.flatnonzero(world.firms["kind"] == "company")
    size = max(len(CLASSES), world.firms.height // FIRMS_BY_INTERMEDIARY)
    return np.sort(rng.choice(listed, size, replace=False)).astype(np.int64)


def services(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add licences, practitioners and engagements."""
    firms = intermediaries(rng, world)
    classes = np.array(list(CLASSES), dtype=object)[np.arange(firms.size) % len(CLASSES)]
    since = world.firm("established", firms)
    sheets.add(
        "中介机构执业登记",
        {
            "机构名称": noisy_names(rng, world.firm("name", firms), NAME_NOISE),
            "统一社会信用代码": missing(rng, world.firm("uscc", firms), CODE_MISSING / 2),
            "中介类别": classes.tolist(),
            "执业证号": [f"ZJ44{place:06d}" for place in range(firms.size)],
            "发证机关": ["广东省财政厅"] * firms.size,
            "发证日期": written_dates(rng, since),
            "有效期至": ["长期"] * firms.size,
            f"{TRUE}firm": world.firm_ids(firms),
        },
        suffix=book_or_text(firms.size),
    )
    place = np.repeat(np.arange(firms.size), STAFF)
    person = rng.choice(world.people.height, place.size, replace=False).astype(np.int64)
    licences = [f"ZY44{number:07d}" for number in range(place.size)]
    sheets.add(
        "执业人员",
        {
            "姓名": world.person("name", person),
            "证件号码": missing(rng, world.person("id_number", person), 0.2),
            "职业类别": [CLASSES[classes[one]][0] for one in place],
            "执业证号": licences,
            "执业机构名称": world.firm("name", firms[place]),
            "执业机构统一社会信用代码": world.firm("uscc", firms[place]),
            "执业起始日期": written_dates(rng, world.firm("established", firms[place])),
            "执业截止日期": [""] * place.size,
            f"{TRUE}firm": world.firm_ids(firms[place]),
            f"{TRUE}person": world.person_ids(person),
        },
    )
    size = world.firms.height // 3
    # A few large firms have most clients, as everywhere.
    firm = (rng.random(size) ** 2 * firms.size).astype(np.int64)
    client = rng.integers(0, world.firms.height, size)
    signer = firm * STAFF + rng.integers(0, STAFF, size)
    day = np.datetime64("2021-01-01") + rng.integers(0, 1_900, size)
    sheets.add(
        "中介业务",
        {
            "业务类型": [CLASSES[classes[one]][1] for one in firm],
            "文号": [f"粤中介字〔{2021 + number % 6}〕{number:07d}号" for number in range(size)],
            "中介机构名称": world.firm("name", firms[firm]),
            "中介机构统一社会信用代码": missing(rng, world.firm("uscc", firms[firm]), CODE_MISSING),
            "委托方名称": noisy_names(rng, world.firm("name", client), NAME_NOISE),
            "委托方统一社会信用代码": missing(rng, world.firm("uscc", client), CODE_MISSING),
            "签字人": world.person("name", person[signer]),
            "签字人执业证号": [licences[one] for one in signer],
            "签署日期": written_dates(rng, pl.Series(day.astype("datetime64[D]"))),
            "业务金额(万元)": pl.Series(rng.integers(1, 200, size)).cast(pl.String),
            f"{TRUE}firm": world.firm_ids(firms[firm]),
            f"{TRUE}client": world.firm_ids(client),
            f"{TRUE}signer": world.person_ids(person[signer]),
        },
    )


def tenders(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add tenders with three to six bidders each."""
    count = max(5, world.firms.height // 200)
    bidders = rng.integers(3, 7, count)
    tender = np.repeat(np.arange(count), bidders)
    listed = np.flatnonzero(world.firms["kind"] == "company")
    firm = rng.choice(listed, tender.size).astype(np.int64)
    won = np.r_[True, tender[1:] != tender[:-1]]
    opened = pl.Series(np.datetime64("2024-01-01") + np.arange(count) % 900).gather(tender)
    sheets.add(
        "招投标",
        {
            "项目编号": [f"GDZB-{one:06d}" for one in tender],
            "项目名称": [f"公共资源采购项目{one:06d}" for one in tender],
            "招标人": pick(
                rng, ["广东省人民医院", "广州市教育局", "深圳市水务局"], None, tender.size
            ).tolist(),
            "开标日期": written_dates(rng, opened.cast(pl.Date)),
            "投标人名称": noisy_names(rng, world.firm("name", firm), NAME_NOISE),
            "投标人统一社会信用代码": missing(rng, world.firm("uscc", firm), CODE_MISSING / 3),
            "报价(万元)": pl.Series(rng.integers(20, 900, tender.size)).cast(pl.String),
            "是否中标": np.where(won, "是", "否").tolist(),
            f"{TRUE}bidder": world.firm_ids(firm),
        },
    )
