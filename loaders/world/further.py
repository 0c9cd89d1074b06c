"""Further stories of the demonstration world: one for every pattern that the first leave out."""

from loaders.world.story import Story
from loaders.world.teller import Teller

BANK = "中国建设银行惠州分行"
# So many common tenders of two that never met by chance; at 2,000 firms there are ten others.
TENDERS_IN_COMMON = 7


def tell_further(teller: Teller) -> list[Story]:
    """Add every further story to the files; return what is true of each."""
    told = (
        _guarantee_ring, _exit, _moved, _suit, _true_dispute, _strangers, _banned, _closed,
        _mailbox, _together,
    )  # fmt: skip
    return [one(teller) for one in told]


def _guarantee_ring(teller: Teller) -> Story:
    trades = ("机电设备", "五金制品", "包装材料", "照明")
    people = [teller.person(name) for name in ("赖思远", "罗立诚", "江永康", "钟嘉欣")]
    firms = [
        teller.firm(f"惠州保岭{trade}有限公司", person, "2016-04-08", 住所区划="441302")
        for trade, person in zip(trades, people, strict=True)
    ]
    for number, firm in enumerate(firms):
        teller.holds(firm, people[number], "100")
        borrower = firms[(number + 1) % len(firms)]
        teller.guarantees(firm, borrower, BANK, str(600 + 50 * number), "2025-03-10")
    return Story(
        "guarantee_ring",
        "四家企业连环担保",
        firms[0].name,
        [firm.id for firm in firms] + [person.id for person in people],
        "四家互无持股；担保首尾相接，一家违约可能连及其余",
    )


def _exit(teller: Teller) -> Story:
    old, new = teller.person("邹启明"), teller.person("覃玉兰")
    firm = teller.firm(
        "清远退岭化工有限公司", new, "2013-06-06", 住所区划="441802", 任职起始日期="2026-02-10"
    )
    teller.represents(firm, old, "2013-06-06", "2026-02-10")
    teller.changed(firm, "法定代表人变更", old.name, new.name, "2026-02-10")
    teller.sold(firm, old, "80", "2026-02-12")
    teller.holds(firm, new, "100", "2026-02-12")
    teller.penalised(firm, "清环罚〔2026〕18号", "2026-03-20", 违法行为类型="违法排放污染物")
    return Story(
        "exit",
        "处罚前三十八天法定代表人离任并转让全部股权",
        firm.name,
        [firm.id, old.id, new.id],
        "离任和转让在先，处罚在后；是否为逃避责任须查证违法行为发生时间",
    )


def _moved(teller: Teller) -> Story:
    person = teller.person("黎广志")
    old, new = "广东省广州市白云区迁岭路66号", "广东省韶关市武江区工业西路8号"
    firm = teller.firm("广州迁岭物流有限公司", person, "2014-10-20", 住所区划="440203", 住所=new)
    teller.holds(firm, person, "100")
    teller.penalised(firm, "穗市监罚〔2026〕52号", "2026-01-15")
    teller.changed(firm, "住所变更", old, new, "2026-03-02")
    return Story(
        "moved",
        "处罚后四十六天由广州迁往韶关",
        firm.name,
        [firm.id, person.id],
        "只迁址，人员、股东、名称未变",
    )


def _suit(teller: Teller) -> Story:
    owner = teller.person("方振邦")
    one, two = teller.person("莫少华"), teller.person("石碧云")
    parent = teller.firm("东莞讼岭控股有限公司", owner, "2012-01-09", 住所区划="441900")
    plaintiff = teller.firm("东莞讼岭贸易有限公司", one, "2015-05-18", 住所区划="441900")
    defendant = teller.firm("东莞讼岭置业有限公司", two, "2013-09-02", 住所区划="441900")
    teller.holds(parent, owner, "80")
    teller.holds(plaintiff, owner, "51")
    teller.holds(plaintiff, one, "49")
    teller.holds(defendant, parent, "60")
    teller.holds(defendant, two, "40")
    cells = {"案由": "民间借贷纠纷", "标的额(元)": "28600000.00", "裁判结果": "调解结案"}
    teller.sues(plaintiff, defendant, "（2026）粤1971民初9001号", "2026-03-05", **cells)
    return Story(
        "suit",
        "原告与被告受同一人控制的借贷案件",
        plaintiff.name,
        [plaintiff.id, defendant.id, parent.id, owner.id, one.id, two.id],
        "方振邦直接控制原告，经控股公司控制被告，两家法定代表人不同；是否虚假诉讼由法院认定",
    )


def _true_dispute(teller: Teller) -> Story:
    major, minor = teller.person("侯伯安"), teller.person("熊雅琴")
    firm = teller.firm("江门争岭食品有限公司", major, "2017-07-17", 住所区划="440703")
    teller.holds(firm, major, "70")
    teller.holds(firm, minor, "30")
    cells = {"案由": "公司盈余分配纠纷", "标的额(元)": "420,000.00", "裁判结果": "部分支持"}
    cells["审理法院"] = "江门市蓬江区人民法院"
    teller.sues(minor, firm, "（2026）粤0703民初9002号", "2026-04-16", **cells)
    return Story(
        "true_dispute",
        "小股东起诉公司要求分红",
        firm.name,
        [minor.id, firm.id, major.id],
        "真实纠纷：原告持有被告30%，两造关联会列出，经核实应排除",
    )


def _strangers(teller: Teller) -> Story:
    one, two, left = teller.person("王建军"), teller.person("王建军"), teller.person("戴秋菊")
    plaintiff = teller.firm("阳江路岭五金有限公司", one, "2015-02-03", 住所区划="441702")
    defendant = teller.firm("阳江邻岭模具有限公司", two, "2018-08-08", 住所区划="441702")
    former = teller.firm("阳江前岭电器有限公司", left, "2021-03-01", 住所区划="441702")
    teller.holds(plaintiff, one, "100")
    teller.holds(defendant, two, "100")
    teller.holds(former, left, "100")
    teller.represents(plaintiff, left, "2010-02-03", "2015-02-03")
    for number, other in ((9003, defendant), (9004, former)):
        cells = {"审理法院": "阳江市江城区人民法院"}
        teller.sues(plaintiff, other, f"（2026）粤1702民初{number}号", "2026-05-06", **cells)
    return Story(
        "strangers",
        "同名的两名法定代表人，和十一年前离任的法定代表人",
        plaintiff.name,
        [plaintiff.id, defendant.id, former.id, one.id, two.id, left.id],
        "两名王建军是不同的人；戴秋菊在立案前早已离开原告：均无关联",
    )


def _banned(teller: Teller) -> Story:
    person, other = teller.person("林崇礼"), teller.person("卢佩仪")
    led = teller.firm("汕头禁岭投资有限公司", other, "2015-11-11", 住所区划="440507")
    parent = teller.firm("汕头隐岭控股有限公司", other, "2016-02-02", 住所区划="440507")
    behind = teller.firm("汕头幕岭资产管理有限公司", other, "2016-05-05", 住所区划="440507")
    teller.serves(led, person, "董事长")
    teller.holds(led, other, "100")
    teller.holds(parent, person, "70")
    teller.holds(parent, other, "30")
    teller.holds(behind, parent, "60")
    teller.holds(behind, other, "40")
    teller.person_penalised(person, "粤证监罚〔2026〕3号", "2026-02-27", "限制从业", "操纵市场")
    return Story(
        "banned",
        "被限制从业的人仍任董事长，并在两家企业背后",
        led.name,
        [person.id, led.id, parent.id, behind.id, other.id],
        "林崇礼任一家董事长，持有一家70%，并经其控制另一家",
    )


def _closed(teller: Teller) -> Story:
    person = teller.person("邱国梁")
    closed = teller.firm("揭阳吊岭食品有限公司", person, "2014-01-14", 住所区划="445202")
    again = teller.firm("揭阳续岭食品有限公司", person, "2019-09-19", 住所区划="445202")
    teller.holds(closed, person, "100")
    teller.holds(again, person, "100")
    cells = {"处罚类别": "吊销许可证件", "处罚内容": "吊销营业执照", "罚款金额(万元)": ""}
    cells["违法行为类型"] = "提交虚假材料取得登记"
    teller.penalised(closed, "揭市监罚〔2026〕11号", "2026-02-10", **cells)
    return Story(
        "closed",
        "被吊销营业执照企业的法定代表人又任另一家法定代表人",
        again.name,
        [person.id, closed.id, again.id],
        "吊销未逾三年；是否负有个人责任须查证",
    )


def _mailbox(teller: Teller) -> Story:
    people = [teller.person(name) for name in ("冯家豪", "许静怡")]
    firms = [
        teller.firm(
            f"中山信岭{trade}有限公司", person, "2020-03-0" + day, 住所区划="442000",
            电子邮箱="office@xinling.example", 联系电话=f"1380000700{day}",
        )
        for trade, person, day in zip(("家电", "卫浴"), people, ("3", "4"), strict=True)
    ]  # fmt: skip
    for firm, person in zip(firms, people, strict=True):
        teller.holds(firm, person, "100")
    return Story(
        "mailbox",
        "两家企业只共用一个邮箱",
        firms[0].name,
        [firm.id for firm in firms] + [person.id for person in people],
        "电话、地址、人员、股东均不同",
    )


def _together(teller: Teller) -> Story:
    people = [teller.person(name) for name in ("范永辉", "汪丽珍")]
    firms = [
        teller.firm(f"肇庆伴岭{trade}有限公司", person, "2017-04-0" + day, 住所区划="441202")
        for trade, person, day in zip(("市政", "绿化"), people, ("5", "6"), strict=True)
    ]
    for firm, person in zip(firms, people, strict=True):
        teller.holds(firm, person, "100")
    for number in range(TENDERS_IN_COMMON):
        for place, firm in enumerate(firms):
            won = (number + place) % 2 == 0
            teller.bids(firm, f"GDZB-91000{number}", f"2026-0{number + 1}-18", won=won)
    return Story(
        "together",
        "两家企业七次一同投标，轮流中标",
        firms[0].name,
        [firm.id for firm in firms] + [person.id for person in people],
        "没有任何登记关联；只有共同投标的次数异常，是否串通须另行调查",
    )
