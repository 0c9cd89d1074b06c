"""Composing: makers write their sections in order, and the evidence follows by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.reports.ask import Asked, Ground
from app.reports.blocks import evidence
from app.reports.content import Annex, Content, Numbering, Section, Subject
from app.texts.read import spoken, text

Maker = Callable[[Numbering], Section]


@dataclass(frozen=True, slots=True)
class Made:
    """What a composer returns; `annexes` are texts by name."""

    content: Content
    annexes: Mapping[str, str]


def content_of(
    ground: Ground,
    asked: Asked,
    subject: Subject,
    makers: Sequence[Maker],
    annexes: Sequence[Annex] = (),
) -> Content:
    """Return the report of these sections; the evidence of every sentence follows as the last."""
    numbers = Numbering()
    sections = []
    for place, maker in enumerate(makers, start=1):
        numbers.begin()
        section = maker(numbers)
        sections.append(section)
        said = text("paper.step.section", place=place, title=section.title)
        ground.step(place, len(makers), said)
    return Content(
        kind=asked.kind,
        title=text(f"paper.kind.{asked.kind}"),
        subject=subject,
        purpose=asked.purpose,
        as_of=ground.view.as_of.isoformat(),
        snapshot=ground.snapshot.id,
        policy=ground.view.policy.version,
        sections=(*sections, evidence(numbers)),
        annexes=tuple(annexes),
        language=spoken(),
    )
