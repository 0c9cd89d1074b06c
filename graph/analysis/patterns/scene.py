"""The graph on one day as tables that patterns read: links by type, nodes, records that count."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from graph.analysis.patterns.finding import Fact, Finding, Item, Member
from graph.analysis.view import View
from graph.policy.patterns import Rule
from graph.schema.catalog import SCHEMA
from graph.snapshot import form
from graph.snapshot.arrays import NOMINEE, STATE
from graph.snapshot.reader import Snapshot
from graph.snapshot.status import status_on

_ACTIVE = form.STATUS_CODES.index("active")
_ORGANISATIONS = [
    node.label for node in SCHEMA.nodes if SCHEMA.is_a(node.label, "Organisation") and not node.role
]
_EPOCH = date(1970, 1, 1)


def day_text(day: int) -> str:
    """Return a day of the arrays in ISO form."""
    return date.fromordinal(day + _EPOCH.toordinal()).isoformat()


class Scene:
    """A snapshot seen on the view's day; tables are made when they are first asked for."""

    def __init__(self, snapshot: Snapshot, view: View) -> None:
        self.snapshot = snapshot
        self.view = view
        self.day = view.day
        self._links: dict[str, pl.DataFrame] = {}

    @cached_property
    def nodes(self) -> pl.DataFrame:
        """Return one row a node, by place: what it is, hub degree, region, industry, dates."""
        arrays = self.snapshot.arrays
        said = self.snapshot.table("nodes").select(
            "label",
            "region",
            "industry",
            pl.col("labels").list.contains("Intermediary").alias("intermediary"),
            pl.col("established_on").cast(pl.Int32).alias("established"),
            pl.col("ended_on").cast(pl.Int32).alias("ended"),
        )
        frame = said.collect().with_row_index("place")
        flags = np.asarray(arrays["node_flags"])
        return frame.with_columns(
            pl.col("place").cast(pl.Int32),
            pl.col("label").is_in(_ORGANISATIONS).alias("organisation"),
            pl.Series("stop", (flags & (STATE | NOMINEE)) > 0),
            pl.Series("degree", np.asarray(arrays["hub_degree"])),
        )

    @cached_property
    def organisations(self) -> int:
        """Return how many organisations there are."""
        return int(self.nodes["organisation"].sum())

    def links(self, kind: str) -> pl.DataFrame:
        """Return links of a type, leads left out: row, ends, since, until, share, post, alive.

        Also those that ended or begin later; `alive` says which exist on the day. Dates that no
        source gives are null; shares are in ppm, UNKNOWN where not given.
        """
        if kind not in self._links:
            arrays = self.snapshot.arrays
            rows = np.flatnonzero(np.asarray(arrays["link_type"]) == form.TYPES.index(kind))
            rows = rows[(np.asarray(arrays["link_flags"])[rows] & form.LEAD) == 0]
            frame = pl.DataFrame(
                {
                    "row": rows.astype(np.int64),
                    "source": np.asarray(arrays["link_source"])[rows],
                    "target": np.asarray(arrays["link_target"])[rows],
                    "since": np.asarray(arrays["link_from"])[rows],
                    "until": np.asarray(arrays["link_to"])[rows],
                    "share": np.asarray(arrays["link_share"])[rows],
                    "post": np.asarray(arrays["link_post"])[rows],
                }
            )
            for name in ("since", "until"):
                known = pl.col(name) != form.NO_DAY
                frame = frame.with_columns(pl.when(known).then(pl.col(name)).alias(name))
            begun = pl.col("since").is_null() | (pl.col("since") <= self.day)
            open_ = pl.col("until").is_null() | (pl.col("until") > self.day)
            self._links[kind] = frame.with_columns((begun & open_).alias("alive"))
        return self._links[kind]

    def begun(self, kind: str) -> pl.DataFrame:
        """Return the links of a type that had begun by the day, those that ended too."""
        known = pl.col("since").is_null() | (pl.col("since") <= self.day)
        return self.links(kind).filter(known)

    def alive(self, kind: str) -> pl.DataFrame:
        """Return the links of a type that exist on the day."""
        return self.links(kind).filter("alive")

    @cached_property
    def records(self) -> pl.DataFrame:
        """Return negative records active on the day: row, subject, decided, strength, measure."""
        arrays = self.snapshot.arrays
        rows = np.flatnonzero(np.asarray(arrays["record_positive"]) == 0).astype(np.int64)
        rows = rows[status_on(arrays, rows, self.day) == _ACTIVE]
        kind = np.asarray(arrays["record_class"])[rows]
        severity = np.asarray(arrays["record_severity"])[rows]
        given = np.asarray(arrays["record_strength"])[rows]
        table = self.view.strength_table[kind, severity]
        words = self.snapshot.table("records").select("measure").collect()["measure"]
        frame = pl.DataFrame(
            {
                "record": rows,
                "subject": np.asarray(arrays["record_subject"])[rows],
                "class": [form.CLASS_CODES[code] for code in kind.tolist()],
                "decided": np.asarray(arrays["record_decided"])[rows],
                "strength": np.where(given != form.UNKNOWN, given, table) / form.WHOLE_PPM,
                "measure": words.gather(rows).fill_null(""),
            },
            schema_overrides={"class": pl.String},
        )
        dated = pl.col("decided") != form.NO_DAY
        return frame.with_columns(pl.when(dated).then(pl.col("decided")).alias("decided"))

    def name(self, place: int) -> str:
        """Return a node's name."""
        return self.snapshot.name_at(place)

    def uid(self, place: int) -> str:
        """Return a node's uid."""
        return self.snapshot.uid_at(place)

    def recorded(self, rows: Iterable[int]) -> list[int]:
        """Return the recorded rows behind link rows: a derived one stands on its engagements."""
        arrays = self.snapshot.arrays
        derived = np.asarray(arrays["link_flags"])
        found: set[int] = set()
        for row in rows:
            if not int(derived[row]) & form.DERIVED:
                found.add(row)
                continue
            first, last = np.searchsorted(arrays["via_link"], [row, row + 1])
            for name in ("via_first", "via_second"):
                found.update(int(one) for one in arrays[name][first:last])
        return sorted(found)

    def finding(  # noqa: PLR0913 - a finding has this many parts
        self,
        rule: Rule,
        key: Sequence[int],
        roles: Sequence[tuple[int, str]],
        *,
        population: int,
        count: int,
        rows: Iterable[int] = (),
        records: Iterable[int] = (),
        p: float | None = None,
        lift: float | None = None,
        interval: tuple[float, float] | None = None,
        facts: Mapping[str, Fact] | None = None,
        lists: Mapping[str, Sequence[Item]] | None = None,
    ) -> Finding:
        """Return a finding from places, link rows and record rows."""
        wanted = np.array(sorted(set(records)), np.int64)
        return Finding(
            rule=rule,
            key=tuple(sorted(self.uid(place) for place in key)),
            members=tuple(Member(self.uid(one), self.name(one), role) for one, role in roles),
            population=population,
            count=count,
            links=tuple(self.snapshot.link_key(row) for row in self.recorded(rows)),
            records=tuple(sorted(set(self.snapshot.record_uids(wanted)))) if wanted.size else (),
            p=p,
            lift=lift,
            interval=interval,
            facts=dict(facts or {}),
            lists={name: tuple(one) for name, one in (lists or {}).items()},
        )
