"""The related-party risk report 关联方信用风险报告, composed from what the services answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.presenters import figures
from app.presenters.chain import (
    factors_text,
    link_source,
    name_of,
    path_text,
    record_source,
    record_words,
    records_behind,
)
from app.presenters.exposure import bounds_line, contribution_rows
from app.presenters.party import basics, link_rows, property_title, record_rows, source_text
from app.reports.content import (
    Content,
    Numbering,
    Picture,
    Section,
    Sentence,
    Subject,
    table,
    until,
)
from graph.analysis.answers import Contribution, Exposure
from graph.analysis.control import Controlled
from graph.analysis.explain import NOTICE
from graph.analysis.party import Described
from graph.model import Record
from graph.schema.codes import LEVELS, RECORD_CLASSES, STATUSES
from graph.schema.words import Family
from graph.snapshot.reader import Snapshot

TITLE = "关联方信用风险报告"
# Records and companies named in words; all of them stand in the tables.
MOST_SENTENCES = 12
# Related parties with records that are named in words, and paths from each of them.
MOST_PARTIES, MOST_PATHS = 8, 4
# Half of the last digit that a report shows of an exposure: less would read 0.000.
LEAST_SHOWN = 0.0005
_COLUMNS = ("关系", "方向", "对方", "职务", "比例", "期间", "来源")
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is made of: the party described, its exposure, what it controls."""

    described: Described
    exposure: Exposure
    controls: tuple[Controlled, ...]
    purpose: str
    as_of: date
    snapshot: Snapshot


def compose(asked: Asked) -> Content:
    """Return the report; every sentence is numbered and stands again in the table of evidence."""
    numbers = Numbering()
    makers = (
        _summary,
        _basics,
        _own_records,
        _ownership,
        _related,
        _services,
        _others,
        _exposure,
        _scope,
        _objection,
    )
    sections = []
    for maker in makers:
        numbers.begin()
        sections.append(maker(asked, numbers))
    sections.append(_evidence(numbers))
    node = asked.described.node
    return Content(
        title=TITLE,
        subject=Subject(node.uid, node.name),
        purpose=asked.purpose,
        as_of=asked.as_of.isoformat(),
        snapshot=asked.snapshot.id,
        policy=asked.exposure.policy,
        cover=_cover(asked),
        notice=NOTICE.zh + "。传导值为检查优先度的提示，与自身记录分列，不得相加。",
        sections=tuple(sections),
    )


def _cover(asked: Asked) -> tuple[tuple[str, str], ...]:
    node = asked.described.node
    code = str(node.properties.get("uscc") or node.properties.get("id_mask") or figures.MISSING)
    return (
        ("主体代码", code),
        ("实体编号", node.uid),
        ("用途", asked.purpose),
        ("截止", until(asked.as_of)),
        ("快照", asked.snapshot.id),
        ("策略", asked.exposure.policy),
    )


def _summary(asked: Asked, numbers: Numbering) -> Section:
    found = asked.exposure
    own = [one for one in asked.described.records if not one.positive]
    active = [one for one in own if one.status == "active"]
    honours = [one for one in asked.described.records if one.positive]
    snapshot = f"快照 {asked.snapshot.id}"
    said = [
        numbers.say(
            f"登记的自身负面记录共 {len(own)} 条，其中截至 {asked.as_of} 有效 {len(active)} 条；"
            f"守信与许可记录 {len(honours)} 条。",
            "recorded",
            "第 3 节各行来源",
        ),
        numbers.say(
            f"按登记数据计算，传导值 {figures.exposure(found.exposure)}"
            f"（下限 {figures.exposure(found.floor)}，上限 {figures.exposure(found.cap)}），"
            f"等级 {LEVELS[found.level].zh}。",
            "computed",
            f"计算凭证（xinmai expose --certificate），{snapshot}",
        ),
        numbers.say(
            f"关联路径 {len(found.contributions)} 条，{bounds_line(found)}。", "computed", snapshot
        ),
    ]
    return Section("摘要", "自身记录、计算结果分列，不相加。", tuple(said))


def _basics(asked: Asked, numbers: Numbering) -> Section:
    described = asked.described
    rows = [dict(row) for row in basics(described)]
    said = [
        numbers.say(
            f"“{property_title(described.node.labels, str(one['property']))}”"
            f"另有来源登记为“{one['value']}”，"
            f"按权威次序采用“{one['chosen']}”。",
            "recorded",
            source_text(described.sources.get(str(one["record_id"]), ())),
        )
        for one in described.conflicts[:MOST_SENTENCES]
    ]
    return Section("主体信息", "", tuple(said), table("", rows))


def _own_records(asked: Asked, numbers: Numbering) -> Section:
    described = asked.described
    said = []
    for one in described.records[:MOST_SENTENCES]:
        where = source_text(described.sources.get(str(one.properties.get("record_id")), ()))
        said.append(
            numbers.say(
                f"{RECORD_CLASSES[one.record_class].zh} {one.properties.get('case_number') or ''}："
                f"{figures.day(one.decided_on)} 决定，状态 {STATUSES[one.status].zh}，"
                f"公示至 {figures.day(one.published_until)}。",
                "recorded",
                where,
            )
        )
    keep = ("类别", "文书号", "严重程度", "来源用语", "状态", "决定日期", "公示截止", "来源")
    rows = [{key: row[key] for key in keep} for row in record_rows(described)]
    lead = "" if rows else f"未发现：本主体的信用记录（{_where(asked)}）"
    return Section("自身记录", lead, tuple(said), table("", rows))


def _where(asked: Asked) -> str:
    return f"快照 {asked.snapshot.id}，截至 {asked.as_of}"


def _of(asked: Asked, *families: Family) -> list[Row]:
    return [{key: row[key] for key in _COLUMNS} for row in link_rows(asked.described, families)]


def _ownership(asked: Asked, numbers: Numbering) -> Section:
    said = [
        numbers.say(
            f"按规则（表决权 >50%）判定，{asked.described.node.name} 控制 {one.name}："
            + " + ".join(
                f"{name_of(asked.snapshot, part.holder)} {figures.percent(part.votes / 1e6)}"
                for part in one.certificate
            )
            + f" = {figures.percent(one.gathered / 1e6)}。",
            "computed",
            "；".join(_link_source(asked, part.key) for part in one.certificate),
        )
        for one in asked.controls[:MOST_SENTENCES]
    ]
    rows = _of(asked, Family.OWNERSHIP, Family.BRANCH)
    lead = "" if rows else f"未发现：股东、投资、分支机构（{_where(asked)}）"
    picture = (Picture("network", f"关联图：一跳关系与主要传导路径；{_where(asked)}"),)
    return Section("股权与控制", lead, tuple(said), table("", rows), picture)


def _related(asked: Asked, numbers: Numbering) -> Section:
    parts = [part for part in asked.exposure.contributions if part.path]
    behind = records_behind(asked.snapshot, parts, asked.as_of)
    said: list[Sentence] = []
    for subject in list(dict.fromkeys(part.path[0] for part in parts))[:MOST_PARTIES]:
        said += _party(asked, numbers, [part for part in parts if part.path[0] == subject], behind)
    rows = _of(asked, Family.POSTS, Family.GUARANTEE)
    lead = "" if said else f"未发现：带有效负面记录的关联路径（{bounds_line(asked.exposure)}）"
    return Section("关联方", lead, tuple(said), table("任职、代表与担保", rows))


def _party(
    asked: Asked,
    numbers: Numbering,
    parts: Sequence[Contribution],
    behind: Mapping[str, Record],
) -> list[Sentence]:
    """Say what records a related party has of its own, then the paths from there, largest first."""
    name = name_of(asked.snapshot, parts[0].path[0])
    records = [behind[uid] for uid in dict.fromkeys(part.record for part in parts)]
    said = [
        numbers.say(
            f"{name} 自身有有效负面记录：{record_words(record)}。",
            "recorded",
            record_source(asked.snapshot, record),
        )
        for record in records
    ]
    said += [
        numbers.say(
            f"{path_text(part, asked.snapshot)}：系数 {factors_text(part)}，"
            f"贡献 {part.share:.6f}（记录强度 {part.strength:g}）。",
            "computed",
            _evidence_of(asked, part, behind),
        )
        for part in parts[:MOST_PATHS]
    ]
    rest = parts[MOST_PATHS:]
    if rest:
        said.append(
            numbers.say(
                f"{name} 另有 {len(rest)} 条路径，合计贡献 {sum(one.share for one in rest):.6f}。",
                "computed",
                "第 8 节的表及计算凭证",
            )
        )
    return said


def _evidence_of(asked: Asked, part: Contribution, behind: Mapping[str, Record]) -> str:
    links = "；".join(dict.fromkeys(_link_source(asked, key) for key in part.links))
    return f"记录 {record_source(asked.snapshot, behind[part.record])}；关系 {links}"


def _link_source(asked: Asked, key: str) -> str:
    return link_source(asked.snapshot, asked.snapshot.link(key))


def _services(asked: Asked, numbers: Numbering) -> Section:
    del numbers
    rows = _of(asked, Family.SERVICE)
    lead = "" if rows else f"未发现：中介服务与专业人员（{_where(asked)}）"
    return Section("中介与专业人员", lead, (), table("", rows))


def _others(asked: Asked, numbers: Numbering) -> Section:
    del numbers
    rows = _of(asked, Family.SHARED, Family.OTHER, Family.IDENTITY)
    lead = (
        "相同的住所、电话、邮箱只是待核线索：代办地址与代办电话由许多互不相关的企业共用。"
        if rows
        else f"未发现：住所、电话、邮箱、投标与其他关系（{_where(asked)}）"
    )
    return Section("其他关系与待核线索", lead, (), table("", rows))


def _exposure(asked: Asked, numbers: Numbering) -> Section:
    del numbers
    found = asked.exposure
    rows: list[Mapping[str, str]] = contribution_rows(found, asked.snapshot, least=LEAST_SHOWN)
    return Section(
        "传导说明",
        "每条路径的贡献之和等于传导值；传导值不是记录，也不改变任何记录。"
        f"贡献不足 {LEAST_SHOWN:g} 的路径合并为一行，计算凭证列出全部。",
        (),
        table("按路径的贡献", [dict(row) for row in rows], "figures"),
    )


def _scope(asked: Asked, numbers: Numbering) -> Section:
    counts = asked.snapshot.manifest["counts"]
    said = [
        numbers.say(
            f"检索范围：快照 {asked.snapshot.id} 中主体 {counts['parties']:,} 个、"
            f"关系 {counts['links']:,} 条、记录 {counts['records']:,} 条。",
            "recorded",
            "快照清单 manifest.json",
        ),
        numbers.say(f"传导计算：{bounds_line(asked.exposure)}。", "computed", "策略文件"),
        numbers.say(
            "未检索：快照以外的资料、未装载的部门、国家机关与代理人持股以上的关联。",
            "recorded",
            "方法说明 docs/method.md",
        ),
    ]
    return Section("范围与方法", "", tuple(said))


def _objection(asked: Asked, numbers: Numbering) -> Section:
    del asked, numbers
    lead = (
        "主体对任何一条记录、关系或同一性认定有异议的，可凭报告编号与句号向出具机构提出；"
        "核查期间该条标注“异议中”，不参与传导计算；异议成立的更正并重新出具。"
    )
    return Section("异议途径", lead)


def _evidence(numbers: Numbering) -> Section:
    kinds = {"recorded": "登记事实", "computed": "计算得出", "lead": "待核线索"}
    rows = [
        {"句号": one.number, "陈述": one.text, "性质": kinds[one.kind], "依据": one.evidence}
        for one in numbers.said
    ]
    return Section("证据表", "", (), table("", rows))
