"""Reports on the large graph: how long each section takes, and each form, for every kind.

A graph may be given that was imported before: `python -m benchmarks.reports --workspace FOLDER`;
nothing is written there. Times are of what is drawn, which each line counts.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl

from app.bootstrap import Services, open_services
from app.desk.archive import Issue
from app.listing import read_text
from app.reports.ask import Asked, Ground, ground_of
from app.reports.bidders import resolve
from app.reports.content import Content
from app.reports.forms import FORMS
from app.reports.issue import composed
from app.settings import read_settings
from benchmarks.app_served import borrowed
from benchmarks.graphs import ask_for_graph, graph_for
from benchmarks.large import SEED
from benchmarks.measure import Figure, report, seconds

AS_OF = date(2026, 11, 23)
ISSUE = Issue("XM-20261123-000001", datetime(2026, 11, 23, 9, tzinfo=UTC))
# What is asked of a report with five pictures (screens.md 7).
BUDGETS = {"pdf": "≤ 5 s", "xlsx": "≤ 1 s"}
_BIDDERS = 20
# Firms tried until one has that many pictures.
_PICTURES, _TRIED = 5, 200
_PURPOSE = "信用调查"
# A section that takes less says nothing about a report.
_LEAST_SECONDS = 0.05


class _Clock:
    """Seconds since the last section was written."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.sections: list[tuple[str, float]] = []

    def step(self, done: int, total: int, words: str) -> None:
        """Note the section that was written."""
        del done, total
        now = time.perf_counter()
        self.sections.append((words, now - self._last))
        self._last = now


def _written(ground: Ground, asked: Asked) -> tuple[Content, _Clock]:
    clock = _Clock()
    return composed(replace(ground, step=clock.step), asked).content, clock


def _requests(house: Services, ground: Ground) -> Iterator[Asked]:
    """Yield a request of every kind, about parties drawn by a fixed seed.

    The first is about a firm whose report has as many pictures as the budget speaks of.
    """
    firms = _drawn(ground, "HOLDS_SHARES", "target", _TRIED)
    asked = next(one for one in _about(firms) if _pictures(ground, one) == _PICTURES)
    yield asked
    yield replace(asked, kind="group")
    [person] = _drawn(ground, "REPRESENTS", "source", 1)
    yield replace(asked, kind="person", uid=person)
    named = "\n".join(ground.snapshot.node(uid).name for uid in firms[:_BIDDERS])
    listed = resolve(house.loaded_snapshot(), read_text(f"企业名称\n{named}\n", "list"))
    yield replace(asked, kind="bidders", uid="", listed=tuple(listed.rows()))
    yield replace(asked, kind="monthly", uid="")


def _drawn(ground: Ground, kind: str, end: str, count: int) -> list[str]:
    """Return parties at one end of links of a type."""
    links = ground.snapshot.table("links").filter(pl.col("type") == kind)
    ends = links.select(pl.col(end).unique(maintain_order=True)).collect()[end]
    return ends.sample(count, seed=SEED).to_list()


def _about(firms: Sequence[str]) -> Iterator[Asked]:
    for uid in firms:
        yield Asked(uid, _PURPOSE, AS_OF)


def _pictures(ground: Ground, asked: Asked) -> int:
    return sum(len(section.pictures) for section in _written(ground, asked)[0].sections)


def _figures(house: Services) -> Iterator[Figure]:
    ground = ground_of(house, AS_OF)
    for asked in _requests(house, ground):
        content, clock = _written(ground, asked)
        if asked.kind == "related":
            for words, took in clock.sections:
                if took > _LEAST_SECONDS:
                    yield Figure(f"related: {words}", took, "s")
        # What all reports on one day share is there: the second tells what one more takes.
        took = seconds(_written, ground, asked)
        yield Figure(f"{asked.kind}, one more: all sections", took, "s")
        pictures = sum(len(section.pictures) for section in content.sections)
        rows = sum(len(table.rows) for section in content.sections for table in section.tables)
        for form in ("pdf", "xlsx", "docx"):
            target = BUDGETS.get(form, "") if asked.kind == "related" else ""
            took = seconds(FORMS[form], content, ISSUE)
            what = f"{asked.kind}, {form}, pictures: {pictures}, rows: {rows:,}"
            yield Figure(what, took, "s", target)


def main() -> None:
    """Measure and write down."""
    with graph_for(ask_for_graph(__doc__)) as workspace, borrowed(workspace) as place:
        house = open_services(read_settings({}, place))
        parties = house.loaded_snapshot().manifest["counts"]["nodes"]
        found = []
        for one in _figures(house):
            print(f"{one.what}: {one.value:.3g} {one.unit} {one.target}", file=sys.stderr)
            found.append(one)
    report("reports", f"Reports, {parties:,} nodes", found)


if __name__ == "__main__":
    main()
