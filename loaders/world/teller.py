"""Puts a story's parties and facts into departments' files, a row each, with its truth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from loaders.world.firms import credit_codes_of
from loaders.world.tables import TRUE, Sheets

# So many people are kept for stories; nobody of the crowd is one of them.
STORY_PEOPLE = 200
_LONG_TERM = "长期"


@dataclass(frozen=True, slots=True)
class Firm:
    """A story's organisation: true id, name, credit code, representative, day of foundation."""

    id: str
    name: str
    uscc: str
    since: str


@dataclass(frozen=True, slots=True)
class Person:
    """A story's person: true id, name, identity number (invented)."""

    id: str
    name: str
    number: str


@dataclass
class Teller:
    """Collects rows by file; `told` at the end adds them to the sheets.

    `people` are those kept for stories; `first` is the number of the first free organisation.
    """

    sheets: Sheets
    people: pl.DataFrame
    first: int
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    _met: int = 0
    _founded: int = 0

    def add(self, sheet: str, true: Mapping[str, str], cells: Mapping[str, str]) -> None:
        """Add one row to a file; `true` maps roles to true ids."""
        truth = {f"{TRUE}{role}": entity for role, entity in true.items()}
        self.rows.setdefault(sheet, []).append({**cells, **truth})

    def person(self, name: str) -> Person:
        """Return a new person of this name; the same name again is another person."""
        row: dict[str, Any] = self.people.row(self._met, named=True)
        self._met += 1
        return Person(f"P{row['person']}", name, str(row["id_number"]))

    def firm(self, name: str, representative: Person, since: str, **cells: str) -> Firm:
        """Found a company with its entry in the register and its representative.

        `cells` stand in place of the register's usual cells, by header; 任职起始日期 is the day on
        which the representative came, where that is not the day of founding.
        """
        in_office = cells.pop("任职起始日期", since)
        number = self.first + self._founded
        self._founded += 1
        region = cells.get("住所区划", "440305")
        code = credit_codes_of(
            np.array(["company"], dtype=object), [region], np.array([np.datetime64(since)]), number
        )[0]
        made = Firm(f"F{number}", name, str(code), since)
        usual = {
            "统一社会信用代码": made.uscc,
            "企业名称": name,
            "企业类型": "有限责任公司",
            "登记状态": "存续",
            "法定代表人": representative.name,
            "注册资本(万元)": "500",
            "币种": "人民币",
            "成立日期": since,
            "住所": f"广东省深圳市南山区岭海路{number % 900 + 1}号",
            "住所区划": region,
            "行业代码": "5179",
            "经营范围": "其他未列明批发业",
            "登记机关": "广东省市场监督管理局",
            "核准日期": since,
        }
        self.add("市场主体登记", {"company": made.id}, {**usual, **cells})
        self.represents(made, representative, in_office)
        return made

    def represents(self, firm: Firm, person: Person, since: str, until: str = "") -> None:
        """Add a legal representative with the period in office."""
        self.add(
            "法定代表人",
            {"company": firm.id, "person": person.id},
            {
                "企业名称": firm.name,
                "统一社会信用代码": firm.uscc,
                "姓名": person.name,
                "证件类型": "居民身份证",
                "证件号码": person.number,
                "国籍": "中国",
                "任职起始日期": since,
                "任职截止日期": until,
            },
        )

    def holds(self, company: Firm, owner: Firm | Person, percent: str, since: str = "") -> None:
        """Add a holder with a share in percent."""
        code = owner.uscc if isinstance(owner, Firm) else owner.number
        self.add(
            "股东及出资",
            {"company": company.id, "holder": owner.id},
            {
                "企业名称": company.name,
                "统一社会信用代码": company.uscc,
                "股东名称": owner.name,
                "股东证件号码": code,
                "持股比例(%)": percent,
                "认缴出资日期": since or company.since,
            },
        )

    def serves(self, company: Firm, person: Person, post: str, since: str = "") -> None:
        """Add a post other than legal representative."""
        self.add(
            "主要人员",
            {"company": company.id, "person": person.id},
            {
                "企业名称": company.name,
                "统一社会信用代码": company.uscc,
                "姓名": person.name,
                "职务": post,
                "证件号码": person.number,
                "任职起始日期": since or company.since,
            },
        )

    def changed(self, company: Firm, item: str, old: str, new: str, on: str) -> None:
        """Add a change in the register."""
        self.add(
            "变更登记",
            {"company": company.id},
            {
                "企业名称": company.name,
                "统一社会信用代码": company.uscc,
                "变更事项": item,
                "变更前内容": old,
                "变更后内容": new,
                "变更日期": on,
            },
        )

    def guarantees(self, one: Firm, two: Firm, bank: str, amount: str, since: str) -> None:
        """Add a guarantee of three years."""
        until = f"{int(since[:4]) + 3}{since[4:]}"
        self.add(
            "对外担保",
            {"guarantor": one.id, "borrower": two.id},
            {
                "担保人名称": one.name,
                "担保人统一社会信用代码": one.uscc,
                "债务人名称": two.name,
                "债务人统一社会信用代码": two.uscc,
                "债权人名称": bank,
                "担保金额(万元)": amount,
                "担保起始日期": since,
                "担保截止日期": until,
            },
        )

    def penalised(self, firm: Firm, number: str, on: str, **cells: str) -> None:
        """Add an administrative penalty; `cells` stand in place of the usual cells, by header."""
        usual = {
            "行政相对人名称": firm.name,
            "行政相对人类别": "法人及非法人组织",
            "统一社会信用代码": firm.uscc,
            "行政处罚决定书文号": number,
            "违法行为类型": "虚假宣传",
            "处罚类别": "罚款",
            "罚款金额(万元)": "5",
            "处罚决定日期": on,
            "处罚机关": "深圳市市场监督管理局",
        }
        written = {**usual, **cells}
        written["违法事实"] = f"经查，当事人{written['违法行为类型']}"
        written.setdefault("处罚内容", f"{written['处罚类别']}{written['罚款金额(万元)']}万元")
        self.add("行政处罚_省", {"subject": firm.id}, written)

    def person_penalised(self, person: Person, number: str, on: str, kind: str, act: str) -> None:
        """Add a penalty on a person, in the file that the authority keeps of persons."""
        self.add(
            "行政处罚_个人",
            {"subject": person.id},
            {
                "行政相对人名称": person.name,
                "行政相对人类别": "自然人",
                "自然人证件号码": person.number,
                "行政处罚决定书文号": number,
                "违法行为类型": act,
                "违法事实": f"经查，当事人{act}",
                "处罚类别": kind,
                "处罚内容": kind,
                "处罚决定日期": on,
                "处罚机关": "广东证监局",
            },
        )

    def sold(self, company: Firm, person: Person, percent: str, on: str) -> None:
        """Add a holder who sold all that it had."""
        self.add(
            "股权变更",
            {"company": company.id, "holder": person.id},
            {
                "企业名称": company.name,
                "统一社会信用代码": company.uscc,
                "股东名称": person.name,
                "变更前比例(%)": percent,
                "变更后比例(%)": "0",
                "变更日期": on,
            },
        )

    def sues(
        self, plaintiff: Firm | Person, defendant: Firm, number: str, on: str, **cells: str
    ) -> None:
        """Add a suit of one against another; `cells` stand in place of the usual ones."""
        code = plaintiff.uscc if isinstance(plaintiff, Firm) else plaintiff.number
        usual = {
            "案号": number,
            "审理法院": "广东省东莞市第一人民法院",
            "案由": "买卖合同纠纷",
            "立案日期": on,
            "裁判日期": "",
            "原告名称": plaintiff.name,
            "原告证件号码": code,
            "被告名称": defendant.name,
            "被告证件号码": defendant.uscc,
            "标的额(元)": "350000.00",
            "裁判结果": "部分支持",
            "文书来源": "法院案件管理系统",
        }
        true = {"plaintiff": plaintiff.id, "defendant": defendant.id}
        self.add("民商事案件", true, {**usual, **cells})

    def bids(self, firm: Firm, number: str, on: str, *, won: bool) -> None:
        """Add a bid of a firm in a tender of a city's gardens."""
        self.add(
            "招投标",
            {"bidder": firm.id},
            {
                "项目编号": number,
                "项目名称": f"城市绿化养护项目{number[-1]}标段",
                "招标人": "肇庆市城市管理局",
                "开标日期": on,
                "投标人名称": firm.name,
                "投标人统一社会信用代码": firm.uscc,
                "报价(万元)": "188" if won else "196",
                "是否中标": "是" if won else "否",
            },
        )

    def defaults(self, who: Firm | Person, leader: str, number: str, on: str) -> None:
        """Add a court defaulter; a firm is named by its organisation code, as courts do."""
        printed = f"{who.uscc[8:16]}-{who.uscc[16]}" if isinstance(who, Firm) else who.number
        self.add(
            "失信被执行人",
            {"subject": who.id},
            {
                "被执行人姓名/名称": who.name,
                "身份证号码/组织机构代码": printed,
                "法定代表人或者负责人姓名": leader,
                "执行法院": "深圳市南山区人民法院",
                "执行依据文号": number.replace("执", "民初"),
                "立案时间": on,
                "案号": number,
                "履行情况": "全部未履行",
                "失信行为具体情形": "有履行能力而拒不履行生效法律文书确定义务",
                "发布时间": on,
            },
        )

    def status(self, company: Firm, number: str, status: str, on: str) -> None:
        """Add what became of a penalty: repaired, disputed, revoked."""
        self.add(
            "记录状态变更",
            {"subject": company.id},
            {
                "类别": "行政处罚",
                "文书号或案号": number,
                "当事人名称": company.name,
                "统一社会信用代码": company.uscc,
                "状态": status,
                "日期": on,
            },
        )

    def licensed(self, firm: Firm, kind: str, licence: str) -> None:
        """Add an intermediary's licence."""
        self.add(
            "中介机构执业登记",
            {"firm": firm.id},
            {
                "机构名称": firm.name,
                "统一社会信用代码": firm.uscc,
                "中介类别": kind,
                "执业证号": licence,
                "发证机关": "广东省财政厅",
                "发证日期": firm.since,
                "有效期至": _LONG_TERM,
            },
        )

    def practises(self, firm: Firm, person: Person, kind: str, licence: str) -> None:
        """Add a key professional of an intermediary."""
        self.add(
            "执业人员",
            {"firm": firm.id, "person": person.id},
            {
                "姓名": person.name,
                "证件号码": person.number,
                "职业类别": kind,
                "执业证号": licence,
                "执业机构名称": firm.name,
                "执业机构统一社会信用代码": firm.uscc,
                "执业起始日期": firm.since,
            },
        )

    def engaged(self, firm: Firm, client: Firm, number: str, signer: Person, licence: str) -> None:
        """Add an audit report that an intermediary's professional signed for a client."""
        self.add(
            "中介业务",
            {"firm": firm.id, "client": client.id, "signer": signer.id},
            {
                "业务类型": "审计",
                "文号": number,
                "中介机构名称": firm.name,
                "中介机构统一社会信用代码": firm.uscc,
                "委托方名称": client.name,
                "委托方统一社会信用代码": client.uscc,
                "签字人": signer.name,
                "签字人执业证号": licence,
                "签署日期": "2025-03-28",
                "业务金额(万元)": "18",
            },
        )

    def told(self) -> None:
        """Add everything that was collected to the sheets, file by file."""
        known = {sheet.name for sheet in self.sheets.listed}
        for name, rows in self.rows.items():
            frame = pl.from_dicts(rows, infer_schema_length=None)
            if name in known:
                self.sheets.extend(name, frame)
            else:
                self.sheets.add(name, frame.to_dict())
