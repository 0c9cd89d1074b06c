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
from app.reports.words import method, word
from app.texts.read import text
from graph.schema.catalog import SCHEMA
from graph.schema.codes import RECORD_CLASSES
from graph.snapshot.difference import difference
from graph.snapshot.reader import Snapshot
from loaders.batches import Batch

_MONTH = len("2026-11")


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
    subject = Subject("", text("paper.month.subject", month=month))
    return Made(content_of(ground, asked, subject, makers), {})


def _sources(ground: Ground, numbers: Numbering) -> Section:
    """Return every resource with its rows, its last load and age in days on the day."""
    newest: dict[str, Batch] = {}
    files, rows_read, rows_rejected = Counter[str](), Counter[str](), Counter[str]()
    for one in ground.batches:
        files[one.resource] += 1
        rows_read[one.resource] += one.read
        rows_rejected[one.resource] += one.rejected
        if one.resource not in newest or newest[one.resource].loaded_at < one.loaded_at:
            newest[one.resource] = one
    rows = [
        {
            "资源": ground.title(code),
            "文件数": str(files[code]),
            "最近文件": one.file,
            "最近装载": one.loaded_at,
            "距时点（日）": str(max(0, (ground.view.as_of - _day(one.loaded_at)).days)),
            "读入": f"{rows_read[code]:,}",
            "拒收": f"{rows_rejected[code]:,}",
        }
        for code, one in sorted(newest.items())
    ]
    words = text(
        "paper.month.counted",
        snapshot=ground.snapshot.id,
        files=len(ground.batches),
        read=f"{rows_read.total():,}",
        rejected=f"{rows_rejected.total():,}",
    )
    said = (numbers.say(words, "recorded", text("paper.month.ledger")),)
    return Section(text("paper.month.sources"), said, table("", rows))


def _day(at: str) -> date:
    return datetime.fromisoformat(at).date()


def _changes(ground: Ground, numbers: Numbering) -> Section:
    """Return how many things are new, changed or gone since the former snapshot."""
    title = text("paper.month.changes")
    if ground.former is None:
        month = ground.view.as_of.isoformat()[:_MONTH]
        words = text("paper.month.no_former", month=month)
        return Section(title, (numbers.say(words, "method", method()),))
    rows = list(_compared(ground.former, ground.snapshot))
    inside = ground.former.manifest["inputs"].get("batches", ())
    loaded = max((one.loaded_at for one in ground.batches if one.batch in inside), default="—")
    words = text("paper.month.compared", former=ground.former.id, loaded=loaded)
    basis = text("paper.month.both", former=ground.former.id, snapshot=ground.snapshot.id)
    said = [numbers.say(words, "computed", basis)]
    if not rows:
        said.append(numbers.say(text("paper.month.no_change"), "computed", basis))
    return Section(title, tuple(said), table("", rows))


def _compared(former: Snapshot, now: Snapshot) -> Iterator[dict[str, str]]:
    found = difference(former, now)
    for name, kind, key, changed, gone in (
        ("nodes", "label", "uid", found.nodes, [one for one, _ in found.gone_nodes]),
        ("links", "type", "key", found.links, [one for one, _ in found.gone_links]),
        ("records", "class", "uid", found.records, None),
    ):
        before = former.table(name).select(key, kind).collect()
        known = set(before[key])
        fresh = Counter(changed.filter(~pl.col(key).is_in(known))[kind].to_list())
        other = Counter(changed.filter(pl.col(key).is_in(known))[kind].to_list())
        left = Counter(gone) if gone is not None else _gone_records(before, found.gone_records)
        for code in sorted({*fresh, *other, *left}):
            yield {
                "对象": text(f"paper.month.{name}"),
                "类别": _titled(name, code),
                "新增": str(fresh[code]),
                "变化": str(other[code]),
                "消失": str(left[code]),
            }


def _gone_records(before: pl.DataFrame, gone: list[tuple[str, str]]) -> Counter[str]:
    uids = [uid for uid, _ in gone]
    return Counter(before.filter(pl.col("uid").is_in(uids))["class"].to_list())


def _titled(name: str, code: str) -> str:
    if name == "nodes":
        return word(SCHEMA.node(code).title)
    return word(SCHEMA.link(code).title if name == "links" else RECORD_CLASSES[code])


def _leads(ground: Ground, month: str, numbers: Numbering) -> Section:
    """Return what was decided about leads in the month, by pattern."""
    decided = [
        one for one in ground.decisions if one.made_at.startswith(month) and one.undone_at is None
    ]
    rows = [
        {
            "线索": title(one.pattern),
            "线索编号": one.lead,
            "判定": text(
                "paper.month.confirmed" if one.decision == CONFIRM else "paper.month.dismissed"
            ),
            "理由": one.reason,
            "判定人": one.author,
            "时间": one.made_at,
        }
        for one in decided
    ]
    confirmed = sum(one.decision == CONFIRM for one in decided)
    counts = {"count": len(decided), "confirmed": confirmed, "rest": len(decided) - confirmed}
    words = text("paper.month.decided", month=month, **counts)
    said = (numbers.say(words, "recorded", text("paper.lead.desk")),)
    return Section(text("paper.month.leads"), said, table("", rows))
