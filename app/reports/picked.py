"""What a person put aside on the canvas for a report: parties and links, each with its rows."""

from collections.abc import Sequence

from app.presenters import figures
from app.presenters.chain import chain_text
from app.reports.ask import Ground
from app.reports.blocks import link_basis, say_of
from app.reports.content import Numbering, Sentence
from graph.errors import SnapshotError
from graph.schema.catalog import SCHEMA


def picked(ground: Ground, listed: Sequence[tuple[str, ...]], numbers: Numbering) -> list[Sentence]:
    """Return a sentence for each uid or link key, the one cell of a row of `listed`.

    What another snapshot knew and this one does not is named, not dropped.
    """
    return [_said(ground, numbers, key) for (key,) in listed]


def _said(ground: Ground, numbers: Numbering, key: str) -> Sentence:
    if ground.snapshot.find(key) is not None:
        return _node(ground, numbers, key)
    try:
        link = ground.link(key)
    except SnapshotError:
        text = f"核查人员选入的 {key} 不在快照 {ground.snapshot.id} 中。"
        return say_of(ground, numbers, text, "recorded", ())
    chain = chain_text((link.source, link.target), (link,), ground.snapshot)
    period = figures.period(link.valid_from, link.valid_to)
    text = f"核查人员选入：{chain}（{period}）。"
    return say_of(ground, numbers, text, link.kind, link_basis(ground, [link]))


def _node(ground: Ground, numbers: Numbering, uid: str) -> Sentence:
    node = ground.snapshot.node(uid)
    label = SCHEMA.node(node.label)
    words = f"核查人员选入：{node.name or node.uid}（{label.title.zh}）"
    if "Party" in node.labels:
        words += f"，自身有效负面记录 {len(ground.active(node.uid))} 条"
    sources = ground.said(node.properties.get("record_id"))
    return say_of(ground, numbers, f"{words}。", "recorded", sources)
