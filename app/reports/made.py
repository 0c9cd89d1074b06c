"""A composed report: its content, and the annexes that its content names by their hash."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.reports.content import Content


@dataclass(frozen=True, slots=True)
class Made:
    """What a composer returns; `annexes` are texts by name."""

    content: Content
    annexes: Mapping[str, str]
