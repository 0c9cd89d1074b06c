"""Small graphs in memory, with the arrays that a snapshot would have."""

# ruff: noqa: ANN401 - values of many kinds pass through

from collections import deque
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from graph.analysis.view import View, open_view
from graph.errors import SnapshotError
from graph.model import Link
from graph.policy.read import Policy, load_policy
from graph.snapshot import form

TODAY = date(2026, 11, 22)
_LINK = {
    "link_type": np.uint8,
    "link_share": np.int32,
    "link_share_max": np.int32,
    "link_group": np.int32,
    "link_votes": np.int32,
    "link_p": np.int32,
    "link_from": np.int32,
    "link_to": np.int32,
    "link_post": np.uint8,
    "link_flags": np.uint8,
}
_RECORD = {
    "record_class": np.uint8,
    "record_severity": np.uint8,
    "record_status": np.uint8,
    "record_positive": np.uint8,
    "record_act": np.int32,
    "record_decided": np.int32,
    "record_effective": np.int32,
    "record_until": np.int32,
    "record_ended": np.int32,
    "record_strength": np.int32,
    "record_cites": np.int32,
}


def _ppm(value: float | None) -> int:
    return form.UNKNOWN if value is None else round(value * 1_000_000)


def _day(value: date | None) -> int:
    return form.NO_DAY if value is None else form.day_number(value)


@dataclass
class Sketch:
    """A graph that grows by calls; parties are those named, in the order of their uids."""

    flags: dict[str, int] = field(default_factory=dict)
    links: list[dict[str, Any]] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    degrees: dict[str, int] = field(default_factory=dict)
    via: list[tuple[str, str, str, str]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    stops: dict[str, int] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)

    def party(
        self, uid: str, flags: int = 0, degree: int = 0, *, label: str = "Enterprise", stop: int = 0
    ) -> None:
        self.flags[uid] = flags
        self.labels[uid], self.stops[uid] = label, stop
        if degree:
            self.degrees[uid] = degree

    def link(
        self, source: str, target: str, kind: str = "RELATED", *, key: str = "", **values: Any
    ) -> str:
        """Add a link; values: p, share, share_max, votes, group, post, since, until, flags."""
        for uid in (source, target):
            self.flags.setdefault(uid, 0)
        post = values.get("post", "")
        key = key or f"{source}-{kind}{post}-{target}-{len(self.links)}"
        share = values.get("share")
        self.links.append(
            {
                "key": key,
                "source": source,
                "target": target,
                "link_type": form.TYPES.index(kind),
                "link_share": _ppm(share),
                "link_share_max": _ppm(values.get("share_max", share)),
                "link_votes": _ppm(values.get("votes", share)),
                "link_group": self._group(values.get("group")),
                "link_p": _ppm(values.get("p")),
                "link_from": _day(values.get("since")),
                "link_to": _day(values.get("until")),
                "link_post": form.POST_CODES.index(post),
                "link_flags": values.get("flags", 0),
            }
        )
        return key

    def _group(self, code: str | None) -> int:
        if code is None:
            return form.UNKNOWN
        if code not in self.groups:
            self.groups.append(code)
        return self.groups.index(code)

    def record(
        self, uid: str, subject: str, record_class: str = "court_defaulter", **values: Any
    ) -> None:
        """Add a record; values: severity, strength, status, act, decided, cites and so on."""
        self.flags.setdefault(subject, 0)
        self.records.append(
            {
                "uid": uid,
                "subject": subject,
                "record_class": form.CLASS_CODES.index(record_class),
                "record_severity": form.SEVERITY_CODES.index(values.get("severity", "")),
                "record_status": form.STATUS_CODES.index(values.get("status", "active")),
                "record_positive": values.get("positive", 0),
                "record_act": _day(values.get("act")),
                "record_decided": _day(values.get("decided")),
                "record_effective": _day(values.get("effective")),
                "record_until": _day(values.get("until")),
                "record_ended": _day(values.get("ended")),
                "record_strength": _ppm(values.get("strength")),
                "record_cites": values.get("cites", ""),
            }
        )

    def view(self, policy: Policy | None = None, as_of: date = TODAY) -> View:
        """Return the sketch as seen on a day."""
        return open_view(Still(self), policy or load_policy(), as_of)


class Still:
    """The arrays of a sketch, and what the analysis asks of a snapshot."""

    id = "sketch"

    def __init__(self, sketch: Sketch) -> None:
        self.uids = sorted(sketch.flags)
        self.places = {uid: place for place, uid in enumerate(self.uids)}
        self.links = sorted(sketch.links, key=lambda link: (link["link_flags"] & 8, link["key"]))
        self.records = sorted(sketch.records, key=lambda row: (row["uid"], row["subject"]))
        size = len(self.uids)
        rows = {link["key"]: row for row, link in enumerate(self.links)}
        source = np.array([self.places[link["source"]] for link in self.links], np.int32)
        target = np.array([self.places[link["target"]] for link in self.links], np.int32)
        subject = np.array([self.places[row["subject"]] for row in self.records], np.int32)
        via = sorted(
            (rows[row], self.places[engagement], rows[first], rows[second])
            for row, engagement, first, second in sketch.via
        )
        columns = np.array(via, np.int32).reshape(-1, 4)
        self.arrays: dict[str, Any] = {
            "node_party": np.ones(size, np.bool_),
            "uids": np.array([uid.encode() for uid in self.uids] or [], "S16"),
            "node_label": np.array(
                [form.LABELS.index(sketch.labels.get(uid, "Enterprise")) for uid in self.uids],
                np.uint8,
            ),
            "node_stop": np.array([sketch.stops.get(uid, 0) for uid in self.uids], np.uint8),
            "group_code": np.array([code.encode() for code in sketch.groups], dtype="S16"),
            "node_flags": np.array([sketch.flags[uid] for uid in self.uids], np.uint8),
            "link_source": source,
            "link_target": target,
            "record_subject": subject,
            "record_uid": np.array([row["uid"].encode() for row in self.records] or [], np.bytes_),
            "hub_degree": np.array([sketch.degrees.get(uid, 1) for uid in self.uids], np.int32),
            "via_link": columns[:, 0].copy(),
            "via_engagement": columns[:, 1].copy(),
            "via_first": columns[:, 2].copy(),
            "via_second": columns[:, 3].copy(),
        }
        for name, kind in _LINK.items():
            self.arrays[name] = np.array([link[name] for link in self.links], kind)
        for name, kind in _RECORD.items():
            values = [row[name] for row in self.records]
            if name == "record_cites":
                values = [self.places.get(value, -1) for value in values]
            self.arrays[name] = np.array(values, kind)
        for prefix, ends, lists in (("out", source, "out_link"), ("in", target, "in_link")):
            self._group(f"{prefix}_start", lists, ends, size)
        self._group("rec_start", "rec_row", subject, size)
        self.arrays["near"] = self._near(source, target, subject)

    def _group(self, start: str, lists: str, ends: Any, size: int) -> None:
        starts = np.zeros(size + 1, np.int64)
        np.cumsum(np.bincount(ends, minlength=size), out=starts[1:])
        self.arrays[start] = starts
        self.arrays[lists] = np.argsort(ends, kind="stable").astype(np.int32)

    def _near(self, source: Any, target: Any, subject: Any) -> Any:
        near = np.full(len(self.uids), form.FAR, np.uint8)
        queue = deque(sorted({int(place) for place in subject}))
        near[list(queue)] = 0
        while queue:
            place = queue.popleft()
            around = [*target[source == place].tolist(), *source[target == place].tolist()]
            for other in around:
                if near[other] > near[place] + 1:
                    near[other] = near[place] + 1
                    queue.append(other)
        return near

    def find(self, uid: str) -> int | None:
        return self.places.get(uid)

    def uid_at(self, place: int) -> str:
        return self.uids[place]

    def uids_at(self, places: Any) -> list[str]:
        return [self.uids[place] for place in places.tolist()]

    def name_at(self, place: int) -> str:
        return self.uids[place].upper()

    def link_at(self, row: int) -> Link:
        link = self.links[row]
        return Link(link["key"], form.TYPES[link["link_type"]], link["source"], link["target"])

    def link_key(self, row: int) -> str:
        return str(self.links[row]["key"])

    def link_keys(self, rows: Any) -> list[str]:
        return [self.link_key(row) for row in rows.tolist()]

    def link(self, key: str) -> Link:
        for row, link in enumerate(self.links):
            if link["key"] == key:
                return self.link_at(row)
        raise SnapshotError("link", key, "is not in the sketch")

    def has_record(self, uid: str) -> bool:
        return any(row["uid"] == uid for row in self.records)

    def record_uids(self, rows: Any) -> list[str]:
        return [self.records[row]["uid"] for row in rows.tolist()]
