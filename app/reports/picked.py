"""What a person put aside on the canvas for a report: parties and links, each with its rows."""

from collections.abc import Sequence

from app.presenters.chain import chain_text
from app.reports.ask import Ground
from app.reports.blocks import link_basis, say_of
from app.reports.content import Numbering, Sentence
from app.reports.words import period, word
from app.texts.read import spoken, text
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
        words = text("paper.picked.gone", named=key, snapshot=ground.snapshot.id)
        return say_of(ground, numbers, words, "recorded", ())
    chain = chain_text((link.source, link.target), (link,), ground.snapshot, spoken())
    words = text("paper.picked.link", chain=chain, period=period(link))
    return say_of(ground, numbers, words, link.kind, link_basis(ground, [link]))


def _node(ground: Ground, numbers: Numbering, uid: str) -> Sentence:
    node = ground.snapshot.node(uid)
    own = ""
    if "Party" in node.labels:
        own = text("paper.picked.own", count=len(ground.active(node.uid)))
    label = word(SCHEMA.node(node.label).title)
    words = text("paper.picked.node", name=node.name or node.uid, label=label, own=own)
    sources = ground.said(node.properties.get("record_id"))
    return say_of(ground, numbers, words, "recorded", sources)
