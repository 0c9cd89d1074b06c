"""What a load worked out is kept as the files of the load before and what is new beside them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from loaders import working
from loaders.inputs import Inputs
from loaders.resolve.clusters import FOUND
from loaders.resolve.forms import FORM
from loaders.resolve.increment import CHANGED, Resolved
from loaders.resolve.keys import KEYED, Index, Indexes
from loaders.resolve.known import KNOWN, Known
from loaders.resolve.leads import COLUMNS as LEADS
from loaders.resolve.leads import Leads
from loaders.resolve.mentions import COLUMNS
from loaders.resolve.profiles import PROFILE
from loaders.working import Step, Worked, begin_aside, drop_aside, lay_aside, worked


def _inputs(*batches: str) -> Inputs:
    return Inputs(batches=list(batches), catalogue="c", key="k", rules=1, judgements=[])


def _known(names: list[str], uids: list[str]) -> Known:
    said = [
        {"resource": "r", "at": at, "role": "self", "record_id": f"r{at}", "name": name}
        | {"uid": uid}
        for at, (name, uid) in enumerate(zip(names, uids, strict=True))
    ]
    rows = pl.DataFrame({"record_id": [f"r{at}" for at in range(len(names))]})
    frame = pl.DataFrame(said, schema=KNOWN)
    forms = pl.DataFrame(
        [{"name_key": name, "first": at} for at, name in enumerate(names)], schema=FORM
    )
    # As after a load of all but the last, and one of the last.
    keys = [{"key": at + 7, "place": at} for at in range(len(names))]
    index = Index(tuple(pl.DataFrame([key], schema=KEYED) for key in keys))
    form = pl.Series("form", range(len(names)), pl.UInt32)
    return Known(frame, {"r": rows}, {}, (), (), forms, form, Indexes(index, index))


def _leads(*names: tuple[str, str]) -> Leads:
    profiles = [{"uid": uid, "name_key": name} for uid, name in names]
    return Leads(pl.DataFrame(schema=LEADS), pl.DataFrame(profiles, schema=PROFILE), {})


def _step(last: Worked, known: Known, places: list[int], touched: list[str]) -> Step:
    nobody = known.frame.select(CHANGED).clear()
    other = pl.Series("place", places, pl.UInt32)
    resolved = Resolved(known, nobody, nobody, other)
    return Step(last, resolved, pl.Series("uid", touched))


def _laid(
    folder: Path, snapshot: str, inputs: Inputs, known: Known, leads: Leads
) -> Callable[[], None]:
    begin_aside(folder, snapshot, known)
    return lay_aside(folder, snapshot, inputs, known, leads)


def test_a_step_is_written_beside_what_was_and_read_as_one(tmp_path: Path) -> None:
    _laid(
        tmp_path,
        "s1",
        _inputs("b1"),
        _known(["甲", "乙"], ["x1", "x2"]),
        _leads(("x1", "甲"), ("x2", "乙")),
    )()
    first = (tmp_path / "s1" / "mentions.000.arrow").stat().st_ino
    last = worked(tmp_path, _inputs("b1", "b2"))
    assert last is not None
    # The second mention is of another party now, a third is new.
    known = _known(["甲", "乙", "丙"], ["x1", "x1", "x3"])
    leads = _leads(("x1", "甲"), ("x1", "乙"), ("x3", "丙"))

    lay_aside(
        tmp_path, "s2", _inputs("b1", "b2"), known, leads,
        step=_step(last, known, [1], ["x1", "x2", "x3"]),
    )()  # fmt: skip

    assert [path.name for path in tmp_path.iterdir()] == ["s2"]
    assert (tmp_path / "s2" / "mentions.000.arrow").stat().st_ino == first
    found = worked(tmp_path, _inputs("b1", "b2"))
    assert found is not None
    assert found.snapshot == "s2"
    assert_frame_equal(found.known.frame, known.frame)
    assert_frame_equal(found.known.rows["r"], known.rows["r"])
    assert_frame_equal(found.known.forms, known.forms)
    assert found.known.form.to_list() == [0, 1, 2]
    for index in (found.known.indexes.forms, found.known.indexes.persons):
        assert index.holders(np.array([8, 9], np.uint64)).tolist() == [1, 2]
    assert_frame_equal(found.leads.profiles, leads.profiles, check_row_order=False)


def test_a_party_that_is_gone_and_nothing_new_leaves_no_profile(tmp_path: Path) -> None:
    known = _known(["甲", "乙"], ["x1", "x2"])
    _laid(tmp_path, "s1", _inputs("b1"), known, _leads(("x1", "甲"), ("x2", "乙")))()
    last = worked(tmp_path, _inputs("b1"))
    assert last is not None
    lay_aside(
        tmp_path,
        "s2",
        _inputs("b1"),
        known,
        _leads(("x1", "甲")),
        step=_step(last, known, [], ["x2"]),
    )()

    found = worked(tmp_path, _inputs("b1"))

    assert found is not None
    assert found.leads.profiles["uid"].to_list() == ["x1"]


def test_after_many_steps_all_is_written_anew(tmp_path: Path) -> None:
    known, leads = _known(["甲"], ["x1"]), _leads(("x1", "甲"))
    _laid(tmp_path, "s0", _inputs("b1"), known, leads)()
    numbers = []
    for turn in range(1, 2 * working._MOST_FILES):
        last = worked(tmp_path, _inputs("b1"))
        assert last is not None
        step = _step(last, known, [0], ["x1"])
        lay_aside(tmp_path, f"s{turn}", _inputs("b1"), known, leads, step=step)()
        numbers.append(len(list((tmp_path / f"s{turn}").glob("found.*.arrow"))))

    assert max(numbers) == working._MOST_FILES
    assert numbers[working._MOST_FILES - 1] == 1
    last = worked(tmp_path, _inputs("b1"))
    assert last is not None
    assert_frame_equal(last.known.frame, known.frame)


def test_what_a_version_before_kept_is_not_gone_on_from(tmp_path: Path) -> None:
    _laid(tmp_path, "s1", _inputs("b1"), _known(["甲"], ["x1"]), _leads(("x1", "甲")))()
    for path in (tmp_path / "s1").glob("*.000.arrow"):
        path.rename(path.with_name(path.name.replace(".000", "")))

    assert worked(tmp_path, _inputs("b1")) is None


def test_where_links_are_refused_files_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    known, leads = _known(["甲"], ["x1"]), _leads(("x1", "甲"))
    _laid(tmp_path, "s1", _inputs("b1"), known, leads)()
    last = worked(tmp_path, _inputs("b1"))
    assert last is not None
    monkeypatch.setattr("os.link", refuse)

    lay_aside(tmp_path, "s2", _inputs("b1"), known, leads, step=_step(last, known, [0], ["x1"]))()

    found = worked(tmp_path, _inputs("b1"))
    assert found is not None
    assert_frame_equal(found.known.frame.select(list(COLUMNS)), known.frame.select(list(COLUMNS)))
    assert_frame_equal(found.known.frame.select(list(FOUND)), known.frame.select(list(FOUND)))


def test_what_lies_aside_is_gone_on_from_once_it_is_put(tmp_path: Path) -> None:
    before, after = _known(["甲"], ["x1"]), _known(["甲", "乙"], ["x1", "x2"])
    _laid(tmp_path, "s1", _inputs("b1"), before, _leads(("x1", "甲")))()

    put = _laid(tmp_path, "s2", _inputs("b1", "b2"), after, _leads(("x1", "甲")))

    until = worked(tmp_path, _inputs("b1", "b2"))
    put()
    then = worked(tmp_path, _inputs("b1", "b2"))
    assert until is not None
    assert then is not None
    assert (until.snapshot, then.snapshot) == ("s1", "s2")
    assert [path.name for path in tmp_path.iterdir()] == ["s2"]


def test_what_was_begun_for_a_snapshot_that_is_none_is_taken_away(tmp_path: Path) -> None:
    _laid(tmp_path, "s1", _inputs("b1"), _known(["甲"], ["x1"]), _leads(("x1", "甲")))()

    begin_aside(tmp_path, "s2", _known(["甲", "乙"], ["x1", "x2"]))
    found = worked(tmp_path, _inputs("b1"))
    drop_aside(tmp_path, "s2")

    assert found is not None
    assert found.snapshot == "s1"
    assert [path.name for path in tmp_path.iterdir()] == ["s1"]
