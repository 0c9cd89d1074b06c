"""The stories of the demonstration world: what an inspector would look for, and should find."""

from collections.abc import Callable

import numpy as np

from loaders.world.further import tell_further
from loaders.world.registers import World
from loaders.world.story import Story
from loaders.world.teller import Firm, Person, Teller

RING_FIRMS, NOMINEE_FIRMS = 6, 30
AUDIT_CLIENTS, AUDIT_PENALISED, AUDIT_CITED = 40, 12, 2
FIRST, SECOND = "ZY449000001", "ZY449000002"
BY_SECOND = 4
BANK = "中国工商银行深圳分行"
NUMERALS = "一二三四五六七八九十"


def tell(rng: np.random.Generator, world: World, teller: Teller) -> list[Story]:
    """Add every story to the files; return what is true of each."""
    audit = _audit_firm(rng, world, teller)
    stories = [_ring(teller, audit), audit[0]]
    told: list[Callable[[Teller], Story]] = [
        _circle, _shell, _nominee, _tender, _homonyms, _repaired, _disputed
    ]  # fmt: skip
    stories += [one(teller) for one in told]
    # After all others: their parties keep the numbers that they had before there were these.
    stories += tell_further(teller)
    teller.told()
    return stories


def _audit_firm(
    rng: np.random.Generator, world: World, teller: Teller
) -> tuple[Story, Firm, Person]:
    partner, second = teller.person("许明达"), teller.person("郑可欣")
    firm = teller.firm("广东岭衡会计师事务所有限公司", partner, "2009-04-16", 住所区划="440106")
    teller.licensed(firm, "会计", "ZJ44900001")
    for person, licence in ((partner, FIRST), (second, SECOND)):
        teller.practises(firm, person, "会计师", licence)
    listed = np.flatnonzero((world.firms["kind"] == "company") & (world.firms["state"] == "存续"))
    clients = np.sort(rng.choice(listed, AUDIT_CLIENTS, replace=False)).tolist()
    for number, place in enumerate(clients, start=1):
        row = world.firms.row(place, named=True)
        client = Firm(f"F{place}", str(row["name"]), str(row["uscc"]), str(row["established"]))
        act = f"粤岭审字〔2025〕{number}号"
        signer, licence = (second, SECOND) if number % BY_SECOND == 0 else (partner, FIRST)
        teller.engaged(firm, client, act, signer, licence)
        if number <= AUDIT_PENALISED:
            cells = {"处罚类别": "罚款；没收违法所得", "罚款金额(万元)": "12"}
            cells["违法行为类型"] = "财务会计报告虚假记载"
            cells["涉及业务文号"] = act if number <= AUDIT_CITED else ""
            teller.penalised(client, f"粤财罚〔2025〕{number}号", "2025-10-15", **cells)
    story = Story(
        "audit_cluster",
        "一家会计师事务所为四十家企业审计，其中十二家受处罚，两份决定书引用其报告文号",
        firm.name,
        [firm.id, partner.id, second.id, *[f"F{client}" for client in clients]],
        "签字即业务关系，不等于共同违法；两份决定书引用的文号是事实，其余为待核线索",
    )
    return story, firm, partner


def _ring(teller: Teller, audit: tuple[Story, Firm, Person]) -> Story:
    leader, partner = teller.person("林岳峰"), teller.person("苏曼丽")
    names = ["新材料", "建材贸易", "供应链管理", "物流", "实业投资", "电子科技"]
    shared = "广东省深圳市南山区岭海路88号恒岭大厦1601室"
    ring = [
        teller.firm(
            f"深圳恒岭{name}有限公司",
            leader,
            f"20{12 + number}-03-1{number}",
            **{"注册资本(万元)": str(500 * (number + 1))},
            住所=shared,
            联系电话="13800001601",
        )
        for number, name in enumerate(names)
    ]
    main, trade, chain, freight, holding, chips = ring
    teller.holds(main, holding, "60")
    teller.holds(main, partner, "40")
    teller.holds(trade, holding, "80")
    teller.holds(trade, leader, "20")
    teller.holds(chain, trade, "51")
    teller.holds(chain, partner, "49")
    teller.holds(freight, chain, "100")
    teller.holds(holding, leader, "90")
    teller.holds(holding, partner, "10")
    teller.holds(chips, main, "35")
    teller.holds(chips, leader, "65")
    teller.serves(main, partner, "监事")
    teller.serves(trade, partner, "财务负责人")
    teller.guarantees(main, trade, BANK, "1200", "2024-05-08")
    teller.guarantees(trade, freight, BANK, "800", "2024-09-01")
    teller.defaults(trade, leader.name, "（2026）粤0305执1208号", "2026-03-12")
    seized = {"处罚类别": "罚款；没收违法所得", "罚款金额(万元)": "32"}
    seized["违法行为类型"] = "销售不符合标准的产品"
    teller.penalised(chain, "深市监罚〔2026〕77号", "2026-05-20", **seized)
    teller.add(
        "分支机构",
        {"company": main.id},
        {
            "分支机构名称": f"{main.name}佛山分公司",
            "隶属企业名称": main.name,
            "隶属企业统一社会信用代码": main.uscc,
            "成立日期": "2016-06-01",
        },
    )
    firm, signer = audit[1], audit[2]
    teller.engaged(firm, main, "粤岭审字〔2025〕88号", signer, FIRST)
    return Story(
        "ring",
        "一名法定代表人名下六家企业，其中一家为失信被执行人",
        main.name,
        [leader.id, partner.id, *[one.id for one in ring]],
        "主体自身无失信记录；经控股股东、法定代表人和担保与失信被执行人相连",
    )


def _circle(teller: Teller) -> Story:
    people = [teller.person(name) for name in ("罗建业", "罗建华", "罗建国")]
    firms = [
        teller.firm(f"东莞环岭{name}有限公司", person, "2014-07-01", 住所区划="441900")
        for name, person in zip(("控股", "置业", "商贸"), people, strict=True)
    ]
    one, two, three = firms
    teller.holds(two, one, "60")
    teller.holds(three, two, "55")
    teller.holds(one, three, "40")
    teller.holds(one, people[0], "60")
    teller.holds(two, people[1], "40")
    teller.holds(three, people[2], "45")
    return Story(
        "circle",
        "三家企业循环持股",
        one.name,
        [firm.id for firm in firms] + [person.id for person in people],
        "环岭控股持置业60%，置业持商贸55%，商贸持控股40%",
    )


def _shell(teller: Teller) -> Story:
    old, new = teller.person("曾伟雄"), teller.person("黎小满")
    address = "广东省佛山市顺德区大良岭南路19号"
    moved = "广东省佛山市禅城区汾江路2号"
    shell = teller.firm(
        "佛山壳岭贸易有限公司", new, "2015-05-06", 住所区划="440604", 住所=moved,
        曾用名="佛山岭丰食品有限公司", 任职起始日期="2025-06-17",
    )  # fmt: skip
    teller.represents(shell, old, "2015-05-06", "2025-06-17")
    number = "佛市监罚〔2025〕301号"
    closed = {"处罚类别": "罚款；责令停产停业", "罚款金额(万元)": "60"}
    closed["行政相对人名称"] = "佛山岭丰食品有限公司"
    closed["违法行为类型"] = "生产经营不符合食品安全标准的食品"
    teller.penalised(shell, number, "2025-04-18", **closed)
    teller.changed(shell, "名称变更", "佛山岭丰食品有限公司", shell.name, "2025-06-17")
    teller.changed(shell, "法定代表人变更", old.name, new.name, "2025-06-17")
    teller.changed(shell, "住所变更", address, moved, "2025-06-20")
    heir = teller.firm("佛山岭丰源食品有限公司", old, "2025-07-01", 住所区划="440606", 住所=address)
    teller.holds(heir, old, "100")
    teller.holds(shell, new, "100", "2025-06-17")
    return Story(
        "shell",
        "处罚后两个月改名、换人、迁址，原负责人在原址另设企业",
        heir.name,
        [shell.id, heir.id, old.id, new.id],
        "处罚记录属于改名后的企业；新企业自身无记录",
    )


def _nominee(teller: Teller) -> Story:
    nominee = teller.person("何桂英")
    firms = [
        teller.firm(
            f"广州挂岭{NUMERALS[number // 10]}{NUMERALS[number % 10]}商务服务有限公司",
            nominee,
            f"2021-{number % 12 + 1:02d}-15",
            住所区划="440111",
            **{"注册资本(万元)": "10"},
        )
        for number in range(NOMINEE_FIRMS)
    ]
    return Story(
        "nominee",
        "一人任三十家企业法定代表人",
        nominee.name,
        [nominee.id, *[one.id for one in firms]],
        "挂名代表是待核线索；三十家企业之间并无持股",
    )


def _tender(teller: Teller) -> Story:
    people = [teller.person(name) for name in ("江伯伦", "江仲明", "邓丽仪")]
    address = "广东省惠州市惠城区江岭路5号3楼"
    firms = [
        teller.firm(
            f"惠州标岭{name}有限公司", person, "2018-02-02", 住所区划="441302",
            住所=address, 联系电话="13800005003",
        )
        for name, person in zip(("园林", "市政工程", "环境工程"), people, strict=True)
    ]  # fmt: skip
    teller.holds(firms[0], people[0], "100")
    teller.holds(firms[1], people[0], "70")
    teller.holds(firms[1], people[1], "30")
    teller.holds(firms[2], people[2], "100")
    teller.serves(firms[2], people[0], "监事")
    for number, firm in enumerate(firms):
        teller.add(
            "招投标",
            {"bidder": firm.id},
            {
                "项目编号": "GDZB-900001",
                "项目名称": "江岭公园绿化养护项目",
                "招标人": "惠州市城市管理局",
                "开标日期": "2026-04-10",
                "投标人名称": firm.name,
                "投标人统一社会信用代码": firm.uscc,
                "报价(万元)": str(300 + 2 * number),
                "是否中标": "否" if number else "是",
            },
        )
    return Story(
        "tender",
        "同一招标项目三家投标人相互关联",
        firms[0].name,
        [firm.id for firm in firms] + [person.id for person in people],
        "江伯伦持有两家、任第三家监事，三家同址同电话；是否串通须另行调查",
    )


def _homonyms(teller: Teller) -> Story:
    one, two = teller.person("陈志伟"), teller.person("陈志伟")
    first = teller.firm("珠海同岭机电有限公司", one, "2013-09-09", 住所区划="440402")
    second = teller.firm("湛江同岭水产有限公司", two, "2016-01-20", 住所区划="440802")
    teller.holds(first, one, "100")
    teller.holds(second, two, "100")
    teller.defaults(two, "", "（2025）粤0802执455号", "2025-08-08")
    return Story(
        "homonyms",
        "两名陈志伟是不同的人，一人为失信被执行人",
        first.name,
        [one.id, two.id, first.id, second.id],
        "仅姓名相同；失信记录只属于湛江一人，珠海企业不受影响",
    )


def _repaired(teller: Teller) -> Story:
    person = teller.person("温如玉")
    firm = teller.firm("中山修岭家具有限公司", person, "2011-11-11", 住所区划="442000")
    teller.holds(firm, person, "100")
    number = "中市监罚〔2025〕9号"
    teller.penalised(firm, number, "2025-02-14")
    teller.status(firm, number, "已修复", "2025-12-01")
    return Story(
        "repaired",
        "一条已修复的处罚",
        firm.name,
        [firm.id, person.id],
        "记录于2025-12-01修复，此后计0，仅在历史中可见",
    )


def _disputed(teller: Teller) -> Story:
    person = teller.person("高远航")
    firm = teller.firm("江门异岭化工有限公司", person, "2010-10-10", 住所区划="440703")
    teller.holds(firm, person, "100")
    number = "江环罚〔2026〕21号"
    teller.penalised(firm, number, "2026-07-07", 违法行为类型="违法排放污染物")
    teller.status(firm, number, "异议中", "2026-08-01")
    return Story(
        "disputed",
        "一条异议处理中的处罚",
        firm.name,
        [firm.id, person.id],
        "异议期间计0，记录仍可见并注明异议中",
    )
