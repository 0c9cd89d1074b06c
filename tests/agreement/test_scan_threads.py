"""A scan has the same bytes however many threads it is shared out between."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from graph.analysis.kernels.chains import Chains, strongest
from graph.analysis.kernels.scan import exposures
from graph.analysis.view import Arrays, View, open_view
from graph.analysis.whole_graph import pairs_on, radius_with, scan
from graph.snapshot import form
from tests.agreement.sketch import TODAY
from tests.agreement.test_rescan import open_policy, same

# More parties than three parts have, and two links each.
PARTIES, LINKS, RECORDS = 30_000, 60_000, 3_000
KINDS = ("REPRESENTS", "HOLDS_SHARES", "HOLDS_POST", "SERVES", "CONTROLS")


def drawn(*, odd: bool) -> View:
    """Return a graph of links of many kinds, with parallel ones, own shares, organs and a hub.

    `odd`: some records are of a day when links that have ended were there, or cite a service.
    """
    rng = np.random.default_rng(7)
    kind = rng.integers(0, len(KINDS), LINKS)
    codes = np.array([form.TYPES.index(name) for name in KINDS], np.uint8)[kind]
    source, target = rng.integers(0, PARTIES, (2, LINKS), dtype=np.int32)
    source[rng.random(LINKS) < 0.05] = 5
    again = np.flatnonzero(rng.random(LINKS) < 0.1)
    source[again], target[again] = source[again - 1], target[again - 1]
    holds = codes == form.TYPES.index("HOLDS_SHARES")
    own = (source == target) & ~holds
    target[own] = (target[own] + 1) % PARTIES
    flags = np.zeros(LINKS, np.uint8)
    flags[codes == form.TYPES.index("SERVES")] = form.DERIVED
    flags[codes == form.TYPES.index("CONTROLS")] = form.DERIVED | form.COMPUTED
    share = np.where(holds, rng.integers(1, 60, LINKS) * 10_000, form.UNKNOWN).astype(np.int32)
    ended, before = (form.day_number(TODAY - timedelta(days=count)) for count in (700, 900))
    served = np.flatnonzero(codes == form.TYPES.index("SERVES")).astype(np.int32)
    rows = rng.choice(served, RECORDS, replace=False)
    rows = rows[np.argsort(target[rows], kind="stable")]
    subject = target[rows]
    acts = np.where(odd & (rng.random(RECORDS) < 0.3), before, form.NO_DAY)
    cites = np.where(odd & (rng.random(RECORDS) < 0.3), rows % PARTIES, -1)
    arrays: dict[str, Any] = {
        "link_source": source,
        "link_target": target,
        "link_type": codes,
        "link_post": np.zeros(LINKS, np.uint8),
        "link_flags": flags,
        "link_share": share,
        "link_votes": share,
        "link_p": np.full(LINKS, form.UNKNOWN, np.int32),
        "link_from": np.full(LINKS, form.NO_DAY, np.int32),
        "link_to": np.where(rng.random(LINKS) < 0.2, ended, form.NO_DAY).astype(np.int32),
        "node_flags": (rng.random(PARTIES) < 0.01).astype(np.uint8),
        "node_party": np.ones(PARTIES, np.bool_),
        "near": np.zeros(PARTIES, np.uint8),
        "uids": np.char.zfill(np.arange(PARTIES).astype("S8"), 8),
        "record_subject": subject,
        "record_class": np.full(RECORDS, form.CLASS_CODES.index("penalty"), np.uint8),
        "record_severity": np.full(RECORDS, form.SEVERITY_CODES.index("serious"), np.uint8),
        "record_status": np.full(RECORDS, form.STATUS_CODES.index("active"), np.uint8),
        "record_positive": np.zeros(RECORDS, np.uint8),
        "record_strength": np.full(RECORDS, form.UNKNOWN, np.int32),
        "record_cites": cites.astype(np.int32),
        "rec_start": np.searchsorted(subject, np.arange(PARTIES + 1)),
        "rec_row": np.arange(RECORDS, dtype=np.int32),
    }
    arrays |= dict.fromkeys(("via_link", "via_first", "via_second"), served)
    arrays["via_engagement"] = served % PARTIES
    days = dict.fromkeys(
        ("record_decided", "record_effective", "record_until", "record_ended"),
        np.full(RECORDS, form.NO_DAY, np.int32),
    )
    arrays |= days | {"record_act": acts.astype(np.int32)}
    for prefix, ends in (("out", source), ("in", target)):
        arrays[f"{prefix}_start"] = np.searchsorted(np.sort(ends), np.arange(PARTIES + 1))
        arrays[f"{prefix}_link"] = np.argsort(ends, kind="stable").astype(np.int32)
    around = np.diff(arrays["out_start"]) + np.diff(arrays["in_start"])
    arrays["hub_degree"] = np.maximum(around, 1).astype(np.int32)
    still = cast("Arrays", SimpleNamespace(id="drawn", arrays=arrays))
    return open_view(still, open_policy(), TODAY)


@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.parametrize("workers", [2, 3])
def test_every_step_has_the_same_bytes(workers: int, *, odd: bool) -> None:
    view = drawn(odd=odd)
    alone, shared = pairs_on(view, 1), pairs_on(view, workers)
    assert bool(alone.leaf.size) == odd
    for name, value in alone._asdict().items():
        assert value.tobytes() == getattr(shared, name).tobytes(), name

    one, other = radius_with(alone, 1), radius_with(alone, workers)
    assert one[0] == other[0]
    assert [weights.tobytes() for weights in one[1:]] == [w.tobytes() for w in other[1:]]

    layers: tuple[list[Any], list[Any]] = ([], [])
    found = exposures(alone, 3, layers[0], 1), exposures(alone, 3, layers[1], workers)
    assert found[0].tobytes() == found[1].tobytes()
    assert [a.tobytes() for a in layers[0]] == [a.tobytes() for a in layers[1]]

    kept: tuple[list[Chains], list[Chains]] = ([], [])
    strongest(alone, 3, kept[0], 1)
    strongest(alone, 3, kept[1], workers)
    for name, value in kept[0][0]._asdict().items():
        assert value.tobytes() == getattr(kept[1][0], name).tobytes(), name


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_the_scan_has_the_same_bytes(hops: int) -> None:
    view = drawn(odd=True)
    one, other = scan(view, hops, 1), scan(view, hops, 2)

    same(one, other)
    assert one.radius == other.radius
    assert (one.exposure > 0.0).sum() > RECORDS
