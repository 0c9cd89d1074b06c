"""What a snapshot holds, counted so that every figure leads to its rows; what changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.presenters import figures
from graph.analysis.explain import caption
from graph.errors import SnapshotError
from graph.identifiers import region
from graph.schema.catalog import SCHEMA
from graph.schema.codes import KINDS, RECORD_CLASSES, SEVERITIES, STATUSES
from graph.schema.words import Text
from graph.snapshot import form
from graph.snapshot.reader import Snapshot, open_snapshot
from graph.snapshot.status import status_on

Row = Mapping[str, object]
# As many rows as a person looks through under a figure; search and export narrow the rest.
MOST_ROWS = 500
# The one group of all parties.
ALL = "all"
_CODES = ("uscc", "org_code", "registration_number", "certificate_number", "id_hash")
_PARTIES, _LINKS, _RECORDS = (
    Text("主体", "Parties"),
    Text("关系", "Links"),
    Text("信用记录", "Credit records"),
)


def coverage_rows(snapshot: Snapshot, language: str) -> list[tuple[str, Row]]:
    """Return by label of parties how many there are, and of how many a code, record, link is known.

    The parts are counts, so that they add up to the whole as shown.
    """
    arrays = snapshot.arrays
    party = np.asarray(arrays["node_party"], np.bool_)
    labels = np.asarray(arrays["node_label"])[party]
    coded = _coded(snapshot)[party]
    recorded = (np.diff(arrays["rec_start"]) > 0)[party]
    linked = ((np.diff(arrays["out_start"]) + np.diff(arrays["in_start"])) > 0)[party]
    rows: list[tuple[str, Row]] = []
    for code in np.unique(labels).tolist():
        label, here = form.LABELS[code], labels == code
        rows.append(
            (
                label,
                {
                    "类别": SCHEMA.node(label).title.to(language),
                    "数量": int(here.sum()),
                    "有代码": int(coded[here].sum()),
                    "有信用记录": int(recorded[here].sum()),
                    "有关系": int(linked[here].sum()),
                },
            )
        )
    return sorted(rows, key=lambda one: (-int(str(one[1]["数量"])), one[0]))


def _coded(snapshot: Snapshot) -> NDArray[np.bool_]:
    nodes = snapshot.table("nodes").select(
        pl.any_horizontal(pl.col(list(_CODES)).is_not_null()).alias("coded")
    )
    return nodes.collect()["coded"].to_numpy()


def record_count_rows(
    snapshot: Snapshot, as_of: date, language: str
) -> list[tuple[tuple[str, str], Row]]:
    """Return how many records of each class stand in each status on the day."""
    arrays = snapshot.arrays
    rows = np.arange(arrays["record_status"].size)
    status = status_on(arrays, rows, form.day_number(as_of))
    table = pl.DataFrame({"class": arrays["record_class"][rows], "status": status})
    counted = table.group_by("class", "status").len().sort("class", "status")
    found: list[tuple[tuple[str, str], Row]] = []
    for kind, code, count in counted.iter_rows():
        of_class, of_status = form.CLASS_CODES[kind], form.STATUS_CODES[code]
        row = {
            "类别": RECORD_CLASSES[of_class].to(language),
            "状态": STATUSES[of_status].to(language),
            "数量": count,
        }
        found.append(((of_class, of_status), row))
    return found


def party_rows(snapshot: Snapshot, label: str | None, language: str) -> list[Row]:
    """Return the first parties, of one label or of all, by uid."""
    labels = [node for node in form.LABELS if label in (None, node)]
    found = (
        snapshot.table("nodes")
        .filter(pl.col("label").is_in(labels), pl.col("uid").is_in(_party_uids(snapshot, label)))
        .select("uid", "name", "label", "uscc", "region", "state")
        .collect()
    )
    return [
        {
            "名称": one["name"] or one["uid"],
            "类别": SCHEMA.node(one["label"]).title.to(language),
            "代码": one["uscc"] or figures.MISSING,
            "地区": region.full_name(one["region"]) if one["region"] else figures.MISSING,
            "状态": one["state"] or figures.MISSING,
            "编号": one["uid"],
        }
        for one in found.iter_rows(named=True)
    ]


def _party_uids(snapshot: Snapshot, label: str | None) -> list[str]:
    """Return the uids of the first parties: places are told by arrays, without the whole table."""
    arrays = snapshot.arrays
    party = np.asarray(arrays["node_party"], np.bool_)
    if label is not None:
        party = party & (np.asarray(arrays["node_label"]) == form.LABELS.index(label))
    return [snapshot.uid_at(int(place)) for place in np.flatnonzero(party)[:MOST_ROWS]]


def link_rows(snapshot: Snapshot, language: str) -> list[Row]:
    """Return the first links of the table."""
    found = snapshot.table("links").head(MOST_ROWS).collect()
    return [
        {
            "关系": caption(one["type"]).to(language),
            "起": _name(snapshot, one["source"]),
            "止": _name(snapshot, one["target"]),
            "期间": figures.period(one["valid_from"], one["valid_to"], language),
            "性质": KINDS[one["kind"]].to(language),
            "编号": one["source"],
        }
        for one in found.iter_rows(named=True)
    ]


def record_rows(
    snapshot: Snapshot, as_of: date, chosen: tuple[str, str] | None, language: str
) -> list[Row]:
    """Return the first records, of one class and status on the day or of all, newest first."""
    arrays = snapshot.arrays
    rows = np.arange(arrays["record_status"].size)
    status = status_on(arrays, rows, form.day_number(as_of))
    kept = np.ones(rows.size, np.bool_)
    if chosen is not None:
        kept = np.asarray(arrays["record_class"]) == form.CLASS_CODES.index(chosen[0])
        kept &= status == form.STATUS_CODES.index(chosen[1])
    newest = np.argsort(-arrays["record_decided"][kept].astype(np.int64), kind="stable")
    places = rows[kept][newest][:MOST_ROWS]
    listed = (
        snapshot.table("records")
        .with_row_index("place")
        .filter(pl.col("place").is_in(places.astype(np.uint32)))
    )
    wanted = pl.DataFrame({"place": places.astype(np.uint32), "now": status[places]})
    found = wanted.join(listed.collect(), on="place", how="left", maintain_order="left")
    return [
        {
            "主体": _name(snapshot, one["subject"]),
            "类别": RECORD_CLASSES[one["class"]].to(language),
            "文书号": one["case_number"] or figures.MISSING,
            "严重程度": SEVERITIES[one["severity"]].to(language)
            if one["severity"]
            else figures.MISSING,
            "状态": STATUSES[form.STATUS_CODES[one["now"]]].to(language),
            "决定日期": figures.day(one["decided_on"], language),
            "公示截止": figures.day(one["published_until"], language),
            "编号": one["subject"],
        }
        for one in found.iter_rows(named=True)
    ]


def _name(snapshot: Snapshot, uid: str) -> str:
    place = snapshot.find(uid)
    return uid if place is None else snapshot.name_at(place)


@dataclass(frozen=True, slots=True)
class Changes:
    """What one snapshot has that another has not: counts, and the uids of parties, first ones."""

    before: str
    counts: Sequence[tuple[Text, int, int, int]]
    new: Sequence[str]
    gone: Sequence[tuple[str, str]]


def previous(folder: Path, current: str) -> Snapshot | None:
    """Return the snapshot that was made last before the current one, where it is still there."""
    others = [
        path
        for path in folder.iterdir()
        if path.name != current and (path / form.MANIFEST).is_file()
    ]
    for path in sorted(others, key=lambda one: (one.stat().st_mtime_ns, one.name), reverse=True):
        try:
            return open_snapshot(path)
        except SnapshotError:
            # Of another form, or damaged: nothing can be said about it.
            continue
    return None


def changes(old: Snapshot, new: Snapshot) -> Changes:
    """Return what appeared, went and changed between two snapshots."""
    counts = []
    for title, table, key in (
        (_PARTIES, "nodes", "uid"),
        (_LINKS, "links", "key"),
        (_RECORDS, "records", "uid"),
    ):
        counts.append((title, *_counted(_rows(old, table), _rows(new, table), key)))
    mine, theirs = (_rows(one, "nodes").select("uid", "name") for one in (new, old))
    appeared = mine.join(theirs, on="uid", how="anti").sort("uid").head(MOST_ROWS).collect()
    went = theirs.join(mine, on="uid", how="anti").sort("uid").head(MOST_ROWS).collect()
    gone = tuple((uid, name or uid) for uid, name in went.iter_rows())
    return Changes(old.id, tuple(counts), tuple(appeared["uid"]), gone)


def _rows(snapshot: Snapshot, table: str) -> pl.LazyFrame:
    rows = snapshot.table(table)
    if table != "nodes":
        return rows
    labels = sorted({form.LABELS[code] for code in _party_labels(snapshot)})
    return rows.filter(pl.col("label").is_in(labels))


def _party_labels(snapshot: Snapshot) -> list[int]:
    party = np.asarray(snapshot.arrays["node_party"], np.bool_)
    return [int(code) for code in np.unique(np.asarray(snapshot.arrays["node_label"])[party])]


def _counted(old: pl.LazyFrame, new: pl.LazyFrame, key: str) -> tuple[int, int, int]:
    """Return how many keys are new, gone, and there with another value."""
    told = [
        name
        for name, kind in new.collect_schema().items()
        if name in old.collect_schema() and not kind.is_nested()
    ]
    before, after = old.select(told), new.select(told)
    appeared = after.join(before, on=key, how="anti").select(pl.len())
    went = before.join(after, on=key, how="anti").select(pl.len())
    same = after.join(before, on=told, how="semi", nulls_equal=True).select(pl.len())
    one, two, kept, whole = (
        part.item() for part in pl.collect_all([appeared, went, same, after.select(pl.len())])
    )
    return one, two, whole - kept - one


def change_rows(found: Changes, language: str) -> list[Row]:
    """Return what changed as rows of a table."""
    return [
        {
            "类别": title.to(language),
            "新增": new,
            "消失": gone,
            "变化": changed,
        }
        for title, new, gone, changed in found.counts
    ]


def party_groups(snapshot: Snapshot) -> NDArray[np.str_]:
    """Return ALL for every party (n,) and "" for what is none."""
    return np.where(np.asarray(snapshot.arrays["node_party"], np.bool_), ALL, "")
