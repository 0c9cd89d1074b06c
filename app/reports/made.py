"""Composing: makers write their sections in order, and the evidence follows by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.reports.ask import Asked, Ground
from app.reports.blocks import evidence
from app.reports.content import Annex, Content, Numbering, Section, Subject

Maker = Callable[[Numbering], Section]


@dataclass(frozen=True, slots=True)
class Made:
    """What a composer returns; `annexes` are texts by name."""

    content: Content
    annexes: Mapping[str, str]


def content_of(
    ground: Ground,
    asked: Asked,
    title: str,
    subject: Subject,
    makers: Sequence[Maker],
    annexes: Sequence[Annex] = (),
) -> Content:
    """Return the report of these sections; the evidence of every sentence follows as the last."""
    numbers = Numbering()
    sections = []
    for maker in makers:
        numbers.begin()
        sections.append(maker(numbers))
    return Content(
        kind=asked.kind,
        title=title,
        subject=subject,
        purpose=asked.purpose,
        as_of=ground.view.as_of.isoformat(),
        snapshot=ground.snapshot.id,
        policy=ground.view.policy.version,
        sections=(*sections, evidence(numbers)),
        annexes=tuple(annexes),
    )
