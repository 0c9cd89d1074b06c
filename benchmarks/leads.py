"""Leads of the demonstration world against its truth: which planted ones are found, what else is.

`python -m benchmarks.leads FOLDER [ENTERPRISES]` writes a world there, loads it and prints the
table.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from app.bootstrap import Services, open_services
from app.settings import read_settings
from graph.analysis.patterns.finding import Finding, Leads
from graph.snapshot.reader import Snapshot
from loaders.world.write import FILES, TRUTH, write_world

ENTERPRISES, SEED = 2_000, 7
# Before the published terms of the planted penalties end (2026-10-15): what has ended counts not.
ON = date(2026, 9, 30)
# Pattern, story, and the places among the story's parties that make the lead; None: all its firms.
PLANTED: tuple[tuple[str, str, tuple[int, ...] | None], ...] = (
    ("circular_ownership", "circle", None),
    ("dishonest_cluster", "audit_cluster", (0,)),
    ("key_professional", "audit_cluster", (1,)),
    ("shared_attributes", "ring", None),
    ("shared_attributes", "tender", None),
    ("banned_person", "homonyms", (1,)),
    ("nominee_representative", "nominee", (0,)),
    ("shell_change", "shell", (0, 1)),
    ("moved_after_penalty", "shell", (0,)),
    ("bidder_list", "tender", None),
    ("group_family", "ring", (0,)),
    ("guarantee_ring", "guarantee_ring", None),
    ("exit_before_record", "exit", (0,)),
    ("moved_after_penalty", "moved", (0,)),
    ("opposing_parties", "suit", (0, 1)),
    ("banned_person", "banned", (0,)),
    ("banned_person", "closed", (0,)),
    ("shared_attributes", "mailbox", None),
    ("bidder_list", "together", None),
)
# Where others than those that make the lead say whose it is: who bids, who is on which side.
_WHOSE = ("bidder", "plaintiff", "defendant")


@dataclass(frozen=True, slots=True)
class Score:
    """Of one pattern: planted leads, those found, others, and others that rest on a wrong merge.

    `stories` says of each planted story whether it was found; `named` whom the others are about.
    """

    pattern: str
    planted: int
    found: int
    others: int
    merged: int
    stories: Mapping[str, bool]
    named: tuple[str, ...]


def true_ids(snapshot: Snapshot, truth: Path) -> Mapping[str, frozenset[str]]:
    """Return by uid who is behind it: one true id where resolution was right."""
    said = pl.read_parquet(truth / "rows.parquet")
    mentions = snapshot.table("mentions").select("uid", "file", "row", "role").collect()
    joined = mentions.join(said, on=["file", "row", "role"]).drop_nulls("uid")
    grouped = joined.group_by("uid").agg(pl.col("entity").unique())
    return {uid: frozenset(entities) for uid, entities in grouped.iter_rows()}


def expected(truth: Path) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield (pattern, story, true ids) of every planted lead."""
    told = json.loads((truth / "stories.json").read_text("utf-8"))
    parties = {story["code"]: story["parties"] for story in told}
    for pattern, story, places in PLANTED:
        listed = parties[story]
        chosen = (
            [one for one in listed if one.startswith("F")]
            if places is None
            else [listed[place] for place in places]
        )
        yield pattern, story, frozenset(chosen)


def behind(finding: Finding, ids: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the true ids of those who make a lead; of a tender or a suit those linked in it."""
    whose = [one.uid for one in finding.members if one.role in _WHOSE]
    return frozenset(one for uid in whose or finding.key for one in ids.get(uid, ()))


def scores(
    found: Sequence[Leads], ids: Mapping[str, frozenset[str]], truth: Path
) -> Iterator[Score]:
    """Yield the score of each pattern."""
    planted = list(expected(truth))
    for leads in found:
        wanted = {story: who for pattern, story, who in planted if pattern == leads.rule.code}
        made = [behind(one, ids) for one in leads.findings]
        others = [
            one for one, who in zip(leads.findings, made, strict=True) if who not in wanted.values()
        ]
        merged = [
            one for one in others if any(len(ids.get(member.uid, ())) > 1 for member in one.members)
        ]
        yield Score(
            leads.rule.code,
            len(wanted),
            sum(who in made for who in wanted.values()),
            len(others),
            len(merged),
            {story: who in made for story, who in wanted.items()},
            tuple(sorted(_named(one) for one in others)),
        )


def _named(finding: Finding) -> str:
    """Return whom a lead is about: what makes it, and who is linked in a tender or a suit."""
    whose = [one for one in finding.members if one.role in _WHOSE]
    made = [one for one in finding.members if one.uid in finding.key]
    return "、".join(dict.fromkeys(one.name for one in (*made, *whose)))


def loaded(folder: Path, enterprises: int = ENTERPRISES) -> Services:
    """Write the world, load it and return its services."""
    write_world(enterprises, SEED, folder / "world", lambda _: None)
    house = open_services(read_settings({}, folder / "workspace"), create=True)
    house.load([folder / "world" / FILES], None, to_store=False, progress=lambda _: None)
    return house


def main(folder: Path, enterprises: int = ENTERPRISES) -> None:
    """Print how the patterns do on the demonstration world."""
    house = loaded(folder, enterprises)
    truth = folder / "world" / TRUTH
    ids = true_ids(house.loaded_snapshot(), truth)
    print(f"{'pattern':24} planted found others of which on a wrong merge  as of {ON}")
    every = list(scores(house.leads(None, {}, ON), ids, truth))
    for score in every:
        print(
            f"{score.pattern:24} {score.planted:7} {score.found:5} {score.others:6} {score.merged}"
        )
    planted, found = sum(one.planted for one in every), sum(one.found for one in every)
    print(f"\nplanted stories: {found} of {planted} found")
    for score in every:
        for story, there in score.stories.items():
            print(f"{score.pattern:24} {story:16} {'found' if there else 'NOT FOUND'}")
    # What no story plants: false alarms, or what the data hold without telling a story.
    print(f"\nothers: {sum(one.others for one in every)}")
    for score in every:
        for name in score.named:
            print(f"{score.pattern:24} {name}")
    house.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
