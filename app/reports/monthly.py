"""月度概览: sources and freshness, what changed since a former snapshot, what became of leads."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

import polars as pl

from app.desk.leads import CONFIRM
from app.presenters.patterns import title
from app.reports import blocks
from app.reports.ask import Asked, Ground
from app.reports.content import Numbering, Section, Subject, table
from app.reports.made import Made, content_of
from graph.schema.catalog import SCHEMA
from graph.schema.codes import RECORD_CLASSES
from graph.snapshot.difference import difference
from graph.snapshot.reader import Snapshot
from loaders.ledger import Batch

TITLE = "月度概览"
_MONTH = len("2026-11")
_TABLES = {"主体": "nodes", "关系": "links", "记录": "records"}


def compose(ground: Ground, asked: Asked) -> Made:
    """Return the overview of the month of the day asked for."""
    month = ground.view.as_of.isoformat()[:_MONTH]
    makers = (
        partial(blocks.cover, ground, asked, None),
        partial(_sources, ground),
        partial(_changes, ground),
        partial(_leads, ground, month),
        partial(blocks.scope, ground, ()),
        partial(blocks.objection, ground),
    )
    subject = Subject("", f"{month} 月度概览")
    return Made(content_of(ground, asked, TITLE, subject, makers), {})


def _sources(ground: Ground, numbers: Numbering) -> Section:
    """Return every resource with its last load and age in days on the day."""
    newest: dict[str, Batch] = {}
    counts: Counter[str] = Counter()
    for one in ground.batches:
        counts[one.resource] += 1
        if one.resource not in newest or newest[one.resource].loaded_at < one.loaded_at:
            newest[one.resource] = one
    rows = [
        {
            "资源": ground.titles.get(code, code),
            "文件数": str(counts[code]),
            "最近文件": one.file,
            "最近装载": one.loaded_at,
            "距时点（日）": str(max(0, (ground.view.as_of - _day(one.loaded_at)).days)),
            "读入": f"{one.read:,}",
            "拒收": f"{one.rejected:,}",
        }
        for code, one in sorted(newest.items())
    ]
    read = sum(one.read for one in ground.batches)
    rejected = sum(one.rejected for one in ground.batches)
    words = (
        f"快照 {ground.snapshot.id} 由 {len(ground.batches)} 个文件构成，"
        f"读入 {read:,} 行，拒收 {rejected:,} 行。"
    )
    said = (numbers.say(words, "recorded", "装载台账"),)
    return Section("资料来源与时效", said, table("", rows))


def _day(at: str) -> date:
    return datetime.fromisoformat(at).date()


def _changes(ground: Ground, numbers: Numbering) -> Section:
    """Return how many things are new, changed or gone since the former snapshot."""
    if ground.former is None:
        words = "未检索：没有指定用于比较的以前快照（--since），因而没有变化的统计。"
        return Section("变化", (numbers.say(words, "method", blocks.METHOD),))
    rows = list(_compared(ground.former, ground.snapshot))
    words = f"与快照 {ground.former.id} 比较，各类主体、关系与记录的新增、变化和消失见下表。"
    evidence = f"快照 {ground.former.id} 与 {ground.snapshot.id}"
    said = [numbers.say(words, "computed", evidence)]
    if not rows:
        said.append(numbers.say("未发现：两个快照之间的任何变化。", "computed", evidence))
    return Section("变化", tuple(said), table("", rows))


def _compared(former: Snapshot, now: Snapshot) -> Iterator[dict[str, str]]:
    found = difference(former, now)
    for name, kind, key, changed, gone in (
        ("主体", "label", "uid", found.nodes, [one for one, _ in found.gone_nodes]),
        ("关系", "type", "key", found.links, [one for one, _ in found.gone_links]),
        ("记录", "class", "uid", found.records, None),
    ):
        before = former.table(_TABLES[name]).select(key, kind).collect()
        known = set(before[key])
        fresh = Counter(changed.filter(~pl.col(key).is_in(known))[kind].to_list())
        other = Counter(changed.filter(pl.col(key).is_in(known))[kind].to_list())
        left = Counter(gone) if gone is not None else _gone_records(before, found.gone_records)
        for code in sorted({*fresh, *other, *left}):
            yield {
                "对象": name,
                "类别": _titled(name, code),
                "新增": str(fresh[code]),
                "变化": str(other[code]),
                "消失": str(left[code]),
            }


def _gone_records(before: pl.DataFrame, gone: list[tuple[str, str]]) -> Counter[str]:
    uids = [uid for uid, _ in gone]
    return Counter(before.filter(pl.col("uid").is_in(uids))["class"].to_list())


def _titled(name: str, code: str) -> str:
    if name == "主体":
        return SCHEMA.node(code).title.zh
    return SCHEMA.link(code).title.zh if name == "关系" else RECORD_CLASSES[code].zh


def _leads(ground: Ground, month: str, numbers: Numbering) -> Section:
    """Return what was decided about leads in the month, by pattern."""
    decided = [
        one for one in ground.decisions if one.made_at.startswith(month) and one.undone_at is None
    ]
    rows = [
        {
            "线索": title(one.pattern),
            "线索编号": one.lead,
            "判定": "成立" if one.decision == CONFIRM else "排除",
            "理由": one.reason,
            "判定人": one.author,
            "时间": one.made_at,
        }
        for one in decided
    ]
    confirmed = sum(one.decision == CONFIRM for one in decided)
    rest = len(decided) - confirmed
    words = f"{month} 共判定线索 {len(decided)} 条：成立 {confirmed} 条，排除 {rest} 条。"
    said = (numbers.say(words, "recorded", "线索核实台账"),)
    return Section("线索核实", said, table("", rows))
