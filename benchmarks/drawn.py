"""Graphs drawn at random as a snapshot's arrays, and what a load makes of them.

Ends of links are drawn uniformly: nobody's counterparties are nearer to each other, in the graph or
in memory, than any two parties are.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.policy.read import Policy, load_policy
from graph.snapshot import form

SEED = 1
# Of the parties: enterprises, people, and intermediaries that serve others.
SHARES = (0.68, 0.30, 0.02)
TYPES = {"HOLDS_SHARES": 0.3, "REPRESENTS": 0.3, "HOLDS_POST": 0.28, "SERVES": 0.12}
RECORDS = 0.02
# One enterprise in so many holds shares of others.
HOLDERS = 10
# Of the default policy's factors: its spectral radius is above 2 on a graph drawn like this.
WEAKER = 0.25
# Which part of the links a load touches before everything is reckoned on.
TOUCHED = 0.01
# New parties come between those that are there, as uids are hashes.
_APART = 10
# Of people and firms behind a new enterprise so many were unknown before.
UNKNOWN = 0.5

Table = dict[str, NDArray[Any]]


def drawn_links(rng: np.random.Generator, parties: int, links: int) -> Table:
    """Return who is linked with whom: intermediaries serve up to very many, others know a few."""
    first = np.cumsum([0, *(int(parties * share) for share in SHARES)])
    first[-1] = parties
    kind = rng.choice(len(TYPES), links, p=list(TYPES.values()))
    codes = np.array([form.TYPES.index(name) for name in TYPES], np.uint8)[kind]
    source = rng.integers(first[1], first[2], links)
    held = kind == 0
    firm = held & (rng.random(links) < 0.2)
    source[firm] = rng.integers(0, first[1] // HOLDERS, firm.sum())
    served = kind == 3
    bodies = first[3] - first[2]
    source[served] = first[2] + (rng.pareto(1.0, served.sum()) * 20).astype(np.int64) % bodies
    target = rng.integers(0, first[1], links)
    share = np.where(held, rng.integers(1, 101, links) * 10_000, form.UNKNOWN)
    post = np.where(kind == 2, form.POST_CODES.index("supervisor"), 0)
    return {
        "link_source": source.astype(np.int32),
        "link_target": target.astype(np.int32),
        "link_type": codes,
        "link_post": post.astype(np.uint8),
        "link_flags": np.zeros(links, np.uint8),
        "link_share": share.astype(np.int32),
        "link_votes": share.astype(np.int32),
        "link_p": np.full(links, form.UNKNOWN, np.int32),
        "link_from": np.full(links, form.NO_DAY, np.int32),
        "link_to": np.full(links, form.NO_DAY, np.int32),
    }


def _records(rng: np.random.Generator, parties: int) -> Table:
    count = int(parties * RECORDS)
    subject = np.sort(rng.choice(int(parties * SHARES[0]), count, replace=False))
    days = {"act", "decided", "effective", "until", "ended"}
    found: Table = {f"record_{name}": np.full(count, form.NO_DAY, np.int32) for name in days}
    severity = np.full(count, form.SEVERITY_CODES.index("general"), np.uint8)
    return found | {
        "record_subject": subject.astype(np.int32),
        "record_class": np.full(count, form.CLASS_CODES.index("penalty"), np.uint8),
        "record_severity": severity,
        "record_status": np.full(count, form.STATUS_CODES.index("active"), np.uint8),
        "record_positive": np.zeros(count, np.uint8),
        "record_strength": np.full(count, form.UNKNOWN, np.int32),
        "record_cites": np.full(count, -1, np.int32),
        "rec_start": np.searchsorted(subject, np.arange(parties + 1)),
        "rec_row": np.arange(count, dtype=np.int32),
    }


def drawn(parties: int, links: int) -> Table:
    """Return a graph of so many parties and links, of whom a few have records."""
    rng = np.random.default_rng(SEED)
    arrays = drawn_links(rng, parties, links) | _records(rng, parties)
    arrays["node_flags"] = np.zeros(parties, np.uint8)
    arrays["node_party"] = np.ones(parties, np.bool_)
    arrays["near"] = np.zeros(parties, np.uint8)
    arrays["uids"] = _uids(np.arange(parties) * _APART)
    _list(arrays, parties)
    return arrays


def _uids(numbers: NDArray[np.int64]) -> NDArray[np.bytes_]:
    found: NDArray[np.bytes_] = np.char.zfill(numbers.astype("S16"), 16)
    return found


def _list(arrays: Table, parties: int) -> None:
    """List the links by party, and count what is around each."""
    for prefix, ends in (("out", "link_source"), ("in", "link_target")):
        counts = np.bincount(arrays[ends], minlength=parties)
        arrays[f"{prefix}_start"] = np.concatenate(([0], np.cumsum(counts)))
        arrays[f"{prefix}_link"] = np.argsort(arrays[ends], kind="stable").astype(np.int32)
    around = np.diff(arrays["out_start"]) + np.diff(arrays["in_start"])
    arrays["hub_degree"] = np.maximum(around, 1).astype(np.int32)
    for name in ("via_link", "via_engagement", "via_first", "via_second"):
        arrays[name] = np.zeros(0, np.int32)


def touched(arrays: Table, parties: int) -> Table:
    """Return the graph after a load that put other links in place of every hundredth."""
    links = arrays["link_source"].size
    rng = np.random.default_rng(SEED + 1)
    rows = np.sort(rng.choice(links, int(links * TOUCHED), replace=False))
    fresh = drawn_links(rng, parties, links)
    changed = dict(arrays)
    for name in fresh:
        changed[name] = arrays[name].copy()
        changed[name][rows] = fresh[name][rows]
    _list(changed, parties)
    return changed


def delivered(arrays: Table, parties: int) -> Table:
    """Return the graph after a load of one link in a hundred more, all of new enterprises.

    Half of the people behind them are new too; the rows stand anywhere among the others.
    """
    rng = np.random.default_rng(SEED + 2)
    links = arrays["link_source"].size
    fresh = drawn_links(rng, parties, int(links * TOUCHED))
    count = fresh["link_source"].size
    firms, people = (max(1, int(parties * TOUCHED * share)) for share in SHARES[:2])
    fresh["link_target"] = parties + rng.integers(0, firms, count)
    known = fresh["link_type"] == form.TYPES.index("SERVES")
    unknown = ~known & (rng.random(count) < UNKNOWN)
    fresh["link_source"] = fresh["link_source"].astype(np.int64)
    fresh["link_source"][unknown] = parties + firms + rng.integers(0, people, unknown.sum())
    between = rng.choice(parties, firms + people, replace=False) * _APART + 1
    numbers = np.concatenate((np.arange(parties) * _APART, between))
    order = np.argsort(numbers)
    place = np.empty(numbers.size, np.int32)
    place[order] = np.arange(numbers.size)
    rows = np.sort(rng.integers(0, links + 1, count))
    changed = dict(arrays)
    for name, added in fresh.items():
        ends = name in {"link_source", "link_target"}
        old, new = (place[arrays[name]], place[added]) if ends else (arrays[name], added)
        changed[name] = np.insert(old, rows, new)
    size = numbers.size
    changed["record_subject"] = place[arrays["record_subject"]]
    changed["rec_start"] = np.searchsorted(changed["record_subject"], np.arange(size + 1))
    changed["node_flags"], changed["near"] = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    changed["node_party"] = np.ones(size, np.bool_)
    changed["uids"] = _uids(numbers[order])
    _list(changed, size)
    return changed


def weaker_policy(scale: float = 1.0) -> Policy:
    """Return the default policy with weaker links: it refuses so dense a graph, as it should."""
    policy = load_policy()
    weaker = {
        name: ways.model_copy(
            update={"along": ways.along * WEAKER, "against": ways.against * WEAKER}
        )
        for name, ways in policy.links.items()
    }
    posts = {
        name: ways.model_copy(
            update={"along": ways.along * WEAKER, "against": ways.against * WEAKER}
        )
        for name, ways in policy.posts.items()
    }
    changed = {"name": "weaker", "links": weaker, "posts": posts, "scale": scale}
    return policy.model_copy(update=changed)
