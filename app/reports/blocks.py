"""Sections that reports of several kinds share: cover, own records, links, method, evidence."""

from collections.abc import Sequence
from dataclasses import replace

from app.presenters import figures
from app.presenters.party import basics, link_rows, property_title, record_rows
from app.reports.ask import Asked, Ground
from app.reports.content import KINDS_SAID, Numbering, Section, Sentence, Table, table, until
from graph.analysis.explain import NOTICE
from graph.analysis.party import Described, link_sources
from graph.model import Link, Node, Record, Source
from graph.schema.codes import RECORD_CLASSES, SEVERITIES, STATUSES
from graph.schema.words import Family

# Things named in words; all of them stand in the tables.
MOST_SENTENCES = 12
# Rows of one file that are named singly.
_MOST_ROWS = 5
_LINK_COLUMNS = ("关系", "方向", "对方", "职务", "比例", "期间", "性质", "来源")
_RECORD_COLUMNS = ("类别", "文书号", "严重程度", "来源用语", "状态", "决定日期", "公示截止", "来源")
_CODES = (
    ("uscc", "统一社会信用代码"),
    ("org_code", "组织机构代码"),
    ("registration_number", "注册号"),
    ("id_mask", "证件号（掩码）"),
    ("licence_number", "执业证号"),
)
# The plan's order 提示 → 警示 → 惩戒 (first warn, then punish: domain R-02), by severity.
_STAGES = {"minor": "提示", "general": "警示", "heavier": "警示", "serious": "惩戒"}
_HONOURED = "激励"
METHOD = "方法说明 docs/method.md"
NOT_GIVEN = "本报告未登记"


def rows_text(sources: Sequence[Source]) -> str:
    """Return where a statement stands: every file with its rows, many of them counted."""
    files: dict[str, list[int]] = {}
    for one in sources:
        files.setdefault(one.file, []).append(one.row)
    parts = []
    for file, rows in files.items():
        named = "、".join(f"第 {row} 行" for row in rows[:_MOST_ROWS])
        more = f" 等 {len(rows)} 处" if len(rows) > _MOST_ROWS else ""
        parts.append(f"{file} {named}{more}")
    return "；".join(parts) or figures.MISSING


def say_of(
    ground: Ground, numbers: Numbering, text: str, kind: str, sources: Sequence[Source]
) -> Sentence:
    """Return a numbered sentence that rests on rows; on all that was searched where none are."""
    basis = rows_text(sources) if sources else _searched(ground)
    return numbers.say(text, kind, basis, ground.resources(sources))


def where(ground: Ground) -> str:
    """Return what was looked at."""
    return f"快照 {ground.snapshot.id}，截至 {ground.view.as_of}"


def nothing(ground: Ground, numbers: Numbering, what: str) -> Sentence:
    """Return the sentence that something was not found, with what was searched."""
    return numbers.say(f"未发现：{what}（{where(ground)}）。", "recorded", _searched(ground))


def _searched(ground: Ground) -> str:
    return f"快照 {ground.snapshot.id} 的全部关系与记录"


def cover(ground: Ground, asked: Asked, node: Node | None, numbers: Numbering) -> Section:
    """Return the cover: whom about, what for, by whose leave, as of when, on what."""
    rows = []
    if node is not None:
        rows.append(("主体名称", node.name))
        rows += [
            (title, _code(node.properties[name]))
            for name, title in _CODES
            if node.properties.get(name)
        ]
        rows.append(("实体编号", node.uid))
    loaded = max((one.loaded_at for one in ground.batches), default=figures.MISSING)
    rows += [
        ("用途", asked.purpose),
        ("授权书", asked.authorisation or NOT_GIVEN),
        ("申请人", asked.applicant or NOT_GIVEN),
        ("时点", until(ground.view.as_of)),
        ("资料截至", f"{loaded}（快照内最近一次装载）"),
        *(
            [("当时已知", f"{asked.known_on}（此后装载的资料与作出的判断不计）")]
            if asked.known_on
            else []
        ),
        ("线索判定截至", ground.known_at or "尚无判定"),
        ("快照", ground.snapshot.id),
        ("策略", ground.view.policy.version),
    ]
    said = numbers.say(
        f"{NOTICE.zh}。传导值为检查优先度的提示，与自身记录分列，不得相加。", "method", METHOD
    )
    facts = Table("", ("项目", "内容"), tuple(rows), "facts")
    return Section("封面", (said,), (facts,))


def _code(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, tuple) else str(value)


def subject(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return what is registered about the subject, with the values that lost named."""
    rows = [dict(row) for row in basics(described)]
    own = ground.said(described.node.properties.get("record_id"))
    kept = len(described.conflicts)
    said = [
        say_of(
            ground,
            numbers,
            f"{described.node.name} 的登记信息共 {len(rows)} 项；来源不一致 {kept} 处，逐处列明。",
            "recorded",
            own,
        )
    ]
    for one in described.conflicts[:MOST_SENTENCES]:
        title = property_title(described.node.labels, str(one["property"]))
        text = f"“{title}”另有来源登记为“{one['value']}”，按权威次序采用“{one['chosen']}”。"
        said.append(say_of(ground, numbers, text, "recorded", ground.said(one["record_id"])))
    return Section("主体信息", tuple(said), table("", rows))


def own_records(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return the subject's own records, honours and negatives alike."""
    found = ground.records(described.node.uid)
    said = [record_sentence(ground, numbers, one) for one in found[:MOST_SENTENCES]]
    if not found:
        said.append(nothing(ground, numbers, f"{described.node.name} 的信用记录"))
    text = (
        "负面记录与守信、许可记录同等列示；已修复、已撤销和公示期满的负面记录依法不列入，"
        "非公开级别的记录不列入；"
        "措施阶段按严重程度对应提示、警示、惩戒，具体措施由主管部门依法决定。"
    )
    said.append(numbers.say(text, "method", METHOD))
    shown = {one.uid for one in found}
    listed = [one for one in described.records if one.uid in shown]
    order = sorted(listed, key=lambda one: (str(one.decided_on or ""), one.uid), reverse=True)
    rows = [
        {
            **{key: row[key] for key in _RECORD_COLUMNS[:-1]},
            "措施阶段": stage(one),
            "来源": row["来源"],
        }
        for one in order
        for row in record_rows(only(described, one))
    ]
    return Section("自身记录", tuple(said), table("", rows))


def only(described: Described, record: Record) -> Described:
    """Return a party as if it had this one record."""
    return replace(described, records=(record,))


def stage(record: Record) -> str:
    """Return the stage of a record's measures."""
    return _HONOURED if record.positive else _STAGES.get(str(record.severity), figures.MISSING)


def record_sentence(
    ground: Ground, numbers: Numbering, record: Record, whose: str = ""
) -> Sentence:
    """Say one record of a party: class, number, day, status, severity, publication end, stage."""
    first = f"{whose} " if whose else ""
    severity = f"，严重程度 {SEVERITIES[record.severity].zh}" if record.severity else ""
    text = (
        f"{first}{RECORD_CLASSES[record.record_class].zh} "
        f"{record.properties.get('case_number') or ''}："
        f"{figures.day(record.decided_on)} 决定{severity}，状态 {STATUSES[record.status].zh}，"
        f"公示至 {figures.day(record.published_until)}，措施阶段 {stage(record)}。"
    )
    return say_of(
        ground, numbers, text, "recorded", ground.said(record.properties.get("record_id"))
    )


def links_table(caption: str, described: Described, *families: Family) -> tuple[Table, ...]:
    """Return the subject's links of some families as a table."""
    rows = [{key: row[key] for key in _LINK_COLUMNS} for row in link_rows(described, families)]
    return table(caption, rows)


def link_basis(ground: Ground, links: Sequence[Link]) -> list[Source]:
    """Return the rows behind some links; behind computed control the shares that it rests on."""
    recorded = [one for one in links if one.kind != "computed"]
    for one in links:
        if one.kind == "computed":
            recorded += [
                other
                for other in ground.snapshot.links_of(one.target)
                if other.type == "HOLDS_SHARES" and other.target == one.target
            ]
    found = link_sources(ground.snapshot, list({one.key: one for one in recorded}.values()))
    return list(dict.fromkeys(source for sources in found.values() for source in sources))


def scope(ground: Ground, further: Sequence[tuple[str, str]], numbers: Numbering) -> Section:
    """Return what was searched, by what rules, and what was not; `further` are (text, kind)."""
    counts = ground.snapshot.manifest["counts"]
    parties = counts.get("parties", counts["nodes"])
    text = (
        f"检索范围：快照 {ground.snapshot.id} 中主体 {parties:,} 个、关系 {counts['links']:,} 条、"
        f"记录 {counts['records']:,} 条；来自 {len(ground.batches)} 个文件，见下表。"
    )
    said = [numbers.say(text, "recorded", "快照清单 manifest.json 与装载台账")]
    said += [numbers.say(words, kind, METHOD) for words, kind in further]
    text = (
        "未检索：快照以外的资料、未装载的部门和时点之后的变化；"
        "国家机关、代理人与托管机构之上不再追溯。"
    )
    said.append(numbers.say(text, "method", METHOD))
    rows = [
        {
            "资源": ground.titles.get(one.resource, one.resource),
            "文件": one.file,
            "读入": f"{one.read:,}",
            "写入": f"{one.loaded:,}",
            "合并": f"{one.merged:,}",
            "拒收": f"{one.rejected:,}",
            "装载时间": one.loaded_at,
        }
        for one in ground.batches
    ]
    return Section("范围与方法", tuple(said), table("资料来源", rows))


def objection(ground: Ground, numbers: Numbering) -> Section:
    """Return how to object."""
    del ground
    words = (
        "主体对任何一条记录、关系或同一性认定有异议的，可凭报告编号与句号向出具机构提出，并附证明材料。",
        "核查期间该条标注“异议中”，不参与传导计算；异议成立的予以更正并重新出具报告。",
        "任何人可凭报告文件核验真伪：以 xinmai report verify 在同一快照上重新生成并逐节比对。",
    )
    return Section("异议途径", tuple(numbers.say(one, "method", METHOD) for one in words))


def evidence(numbers: Numbering) -> Section:
    """Return every sentence of the report with what it rests on."""
    rows = tuple(
        (one.number, one.text, KINDS_SAID[one.kind], one.resource or figures.MISSING, one.evidence)
        for one in numbers.said
    )
    # Whole, however long: every sentence is found here.
    heads = ("句号", "陈述", "性质", "资源", "文件与行，或凭证")
    return Section("证据表", (), (Table("", heads, rows, "evidence"),))
