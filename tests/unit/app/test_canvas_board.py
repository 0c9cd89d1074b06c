"""One session on the canvas: expanded, laid out, kept and opened again on a newer snapshot."""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from app.bootstrap import Services, open_services
from app.canvas.board import (
    Asked,
    Board,
    arrange,
    begin,
    compare,
    expand,
    expand_common,
    go_on,
    join,
    join_families,
    payload,
    redraw,
)
from app.canvas.events import Act, Message, Seen
from app.canvas.files import View, write
from app.canvas.keeping import content_of, open_kept
from app.canvas.newer import Ghosts, changes, ghosts
from app.canvas.statements import statement_of
from app.presenters.elements import node_rows
from app.settings import read_settings
from app.views import network_keep
from graph.errors import DeskError
from queries.guard import check_cypher, parameters

DAY = date(2026, 11, 23)
NODES = [{"uid": f"e{place}", "label": "Enterprise", "name": f"企业{place}"} for place in range(8)]
LINKS = [
    {"source": "e0", "target": "e1", "type": "HOLDS_SHARES", "share": 0.6},
    {"source": "e1", "target": "e2", "type": "HOLDS_SHARES", "share": 0.3},
    *({"source": "e1", "target": f"e{place}", "type": "SERVES"} for place in range(3, 8)),
]
EXPAND: Mapping[str, str | int | bool | tuple[str, ...]] = {
    "order": "name", "way": "both", "limit": 10, "with_record": False, "types": (),
}  # fmt: skip


def _sent(content: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    return json.loads(zlib.decompress(content))


def _load(
    house: Services,
    folder: Path,
    links: Sequence[Mapping[str, object]],
    nodes: Sequence[Mapping[str, object]] = NODES,
) -> None:
    pl.DataFrame(list(nodes)).write_csv(folder / "nodes.csv")
    pl.DataFrame(links, infer_schema_length=None).write_csv(folder / "edges.csv")
    house.take_graph(
        folder / "nodes.csv", folder / "edges.csv", None, to_store=False, progress=lambda _: None
    )


@pytest.fixture
def house(tmp_path: Path) -> Services:
    made = open_services(read_settings({}, tmp_path / "workspace"), create=True)
    _load(made, tmp_path, LINKS)
    return made


def _board(house: Services, hops: int = 1, seeds: tuple[str, ...] = ("e0",)) -> Board:
    board = Board(Asked(seeds, (), hops, DAY, house.loaded_snapshot().id))
    begin(house, board)
    redraw(house, board, "zh")
    return board


def _drawn(board: Board) -> set[str]:
    return {node["id"] for node in board.drawn["nodes"]}


def test_expansion_adds_the_asked_and_moves_nobody(house: Services) -> None:
    board = _board(house)
    before = {uid: dict(at) for uid, at in board.places.items()}

    asked = {**EXPAND, "types": ("SERVES",), "limit": 3}
    expand(house, board, Act(1, "expand", ("e1",), (), asked))
    redraw(house, board, "zh")

    assert _drawn(board) == {"e0", "e1", "e3", "e4", "e5"}
    assert board.told == ("network.added", {"count": 3, "left": 2})
    assert {uid: board.places[uid] for uid in before} == before
    left = next(node["more"] for node in board.drawn["nodes"] if node["id"] == "e1")
    assert left == {"HOLDS_SHARES": 1, "SERVES": 2}
    expand(house, board, Act(2, "expand", ("e0",), (), dict(EXPAND)))
    assert board.told == ("network.none_added", {"count": 0, "left": 0})


def test_levels_that_take_long_follow_the_picture_and_are_those_of_the_party(
    house: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {node["id"]: node.get("level") for node in _board(house, hops=2).drawn["nodes"]}
    monkeypatch.setattr("app.canvas.board.FIRST_SECONDS", -1.0)
    monkeypatch.setattr("app.canvas.board.PIECE_SECONDS", -1.0)

    board = _board(house, hops=2)
    first = sum("wait" in node for node in board.drawn["nodes"])
    pieces = 0
    while board.waiting:
        said = _sent(payload(house, board, {}, "zh"))["waiting"]
        go_on(house, board)
        pieces += 1
        assert len(board.waiting) == said - 1

    # At least one a piece, and the first came with the picture.
    assert (first, pieces) == (len(whole) - 1, len(whole) - 1)
    assert {node["id"]: node.get("level") for node in board.drawn["nodes"]} == whole
    assert not any("wait" in node for node in board.drawn["nodes"])
    for uid, said in board.levels.items():
        found = house.expose(uid, DAY)
        assert said == (found.level, found.exposure)


def test_what_a_click_brings_is_drawn_before_any_level_of_it_is_computed(house: Services) -> None:
    board = _board(house)
    known = dict(board.levels)

    expand(house, board, Act(1, "expand", ("e1",), (), EXPAND))
    redraw(house, board, "zh")

    fresh = {f"e{place}" for place in range(2, 8)}
    assert board.levels == known
    assert {node["id"] for node in board.drawn["nodes"] if "wait" in node} == fresh
    go_on(house, board)
    assert board.levels.keys() == known.keys() | fresh


def test_neighbours_in_common_come_and_nobody_else(house: Services) -> None:
    board = _board(house, hops=0, seeds=("e0", "e2"))

    expand_common(house, board, Act(1, "common", ("e0", "e2")))
    redraw(house, board, "zh")

    assert _drawn(board) == {"e0", "e1", "e2"}
    assert board.told is not None
    assert (board.told[0], board.told[1]["count"]) == ("network.common_added", 1)
    expand_common(house, board, Act(2, "common", ("e0", "e2")))
    assert board.told[0] == "network.common_none"


def test_paths_bring_what_lies_on_them(house: Services) -> None:
    board = _board(house, hops=0, seeds=("e0", "e2"))
    assert _drawn(board) == {"e0", "e2"}

    join(house, board, Act(1, "paths", ("e0", "e2")))
    redraw(house, board, "zh")

    assert _drawn(board) == {"e0", "e1", "e2"}
    assert [path.nodes for path in board.paths] == [("e0", "e1", "e2")]
    assert board.told == ("network.paths_found", {"count": 1, "hops": 4})
    (path,) = _sent(payload(house, board, {}, "zh"))["paths"]
    assert path["words"] == "企业0 —持股 60.00%→ 企业1 —持股 30.00%→ 企业2"


def test_a_new_layout_leaves_what_a_person_pinned(house: Services) -> None:
    board = _board(house)
    board.take(Message(1, Seen(pinned=("e1",), positions={"e1": {"x": 1.0, "y": 2.0}}), ()))

    arrange(board, "grid")

    assert board.places["e1"] == {"x": 1.0, "y": 2.0}
    assert board.engine == "grid"
    assert board.arranged == 1


def test_a_kept_view_opens_as_it_was(house: Services) -> None:
    board = _board(house)
    board.take(
        Message(
            1,
            Seen(hidden=("e1",), off=("link:SERVES",), positions={"e0": {"x": 7.0, "y": 8.0}}),
            (),
        )
    )

    again = open_kept(house, content_of(board), "t")
    redraw(house, again, "zh")

    assert (again.asked, list(again.shown)) == (board.asked, list(board.shown))
    assert (again.seen.hidden, again.seen.off) == (("e1",), ("link:SERVES",))
    assert again.places["e0"] == {"x": 7.0, "y": 8.0}
    assert not changes(again.drawn, content_of(board)).any


def _newer(house: Services, folder: Path) -> tuple[Services, Board, dict[str, object]]:
    """Open a view of everybody where e1 holds more, e2 and e7 are gone, e3 stands surety."""
    content = content_of(_board(house, hops=2))
    newer = open_services(read_settings({}, folder / "newer"), create=True)
    then = house.workspace.snapshots / house.loaded_snapshot().id
    (newer.workspace.snapshots / then.name).symlink_to(then)
    links = [
        {"source": "e0", "target": "e1", "type": "HOLDS_SHARES", "share": 0.7},
        *LINKS[2:6],
        {"source": "e3", "target": "e4", "type": "GUARANTEES"},
    ]
    _load(newer, folder, links, [one for one in NODES if one["uid"] not in ("e2", "e7")])
    again = open_kept(newer, content, "t")
    redraw(newer, again, "zh")
    return newer, again, content


def test_on_a_newer_snapshot_what_is_new_gone_and_changed_is_counted(
    house: Services, tmp_path: Path
) -> None:
    newer, again, content = _newer(house, tmp_path)

    found = changes(again.drawn, content)

    assert (len(found.new), len(found.gone), len(found.changed)) == (1, 2, 1)
    assert found.lost == ("e2", "e7")
    assert sorted(found.signs().values()) == ["+", "~", "−", "−", "−", "−"]
    assert again.asked.snapshot == newer.loaded_snapshot().id


def test_whom_somebody_expanded_since_is_no_change_of_the_view(house: Services) -> None:
    board = _board(house)
    content = content_of(board)

    expand(house, board, Act(1, "expand", ("e1",), (), EXPAND))
    redraw(house, board, "zh")

    assert not changes(board.drawn, content).any


def test_what_is_gone_stands_where_it_was_with_its_name_and_figure(
    house: Services, tmp_path: Path
) -> None:
    newer, again, content = _newer(house, tmp_path)
    then = house.loaded_snapshot().id
    found = changes(again.drawn, content)

    again.marked, again.then = found.signs(), then
    again.gone = ghosts(newer, found, content, then)
    compare(again, "zh")

    said = _sent(payload(newer, again, {}, "zh"))
    nodes = {node["id"]: node for node in said["nodes"]}
    edges = {edge["id"]: edge for edge in said["edges"]}
    lost = nodes["e2"]
    assert (lost["name"], lost["mark"], lost["gone"]) == ("企业2", "−", True)
    assert {"x": lost["x"], "y": lost["y"]} == content["places"]["e2"]  # type: ignore[index]
    held = next(edge for edge in edges.values() if edge["to"] == "e2")
    assert (held["from"], held["label"], held["mark"]) == ("e1", "30.00%", "−")
    assert {key: edge["mark"] for key, edge in edges.items() if "mark" in edge} == {
        key: sign for key, sign in found.signs().items() if key in edges
    }
    # Signs come and go; what is gone is no part of what is compared, kept or drawn anew.
    assert changes(again.drawn, content) == found
    assert "e2" not in content_of(again)["drawn"]["nodes"]
    rows = node_rows(again.drawn, "zh", ["e1", "e2"])
    assert [row["与前一快照相比"] for row in rows] == ["", "消失 −"]
    again.marked, again.gone = {}, Ghosts()
    compare(again, "zh")
    assert "e2" not in _drawn(again)
    assert not any("mark" in edge for edge in again.drawn["edges"])


@pytest.mark.parametrize("form", ["svg", "html", "csv", "graphml", "json"])
def test_files_of_a_comparison_show_what_is_gone(
    house: Services, tmp_path: Path, form: str
) -> None:
    newer, again, content = _newer(house, tmp_path)
    found = changes(again.drawn, content)
    again.marked = found.signs()
    again.gone = ghosts(newer, found, content, house.loaded_snapshot().id)
    compare(again, "zh")

    made = write(View(again.drawn, "甲", ("快照",), DAY), form)[2]

    if form == "csv":
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            made = archive.read("nodes.csv")
    said = unescape(made.decode("utf-8-sig"))
    assert "企业2" in said
    assert "−" in said


def test_families_are_asked_for_and_found_again_on_opening(house: Services, tmp_path: Path) -> None:
    links = [
        {"source": "e0", "target": "e1", "type": "HOLDS_SHARES", "share": 0.6},
        {"source": "e1", "target": "e2", "type": "HOLDS_SHARES", "share": 0.7},
        {"source": "e3", "target": "e4", "type": "HOLDS_SHARES", "share": 0.5},
        {"source": "e2", "target": "e3", "type": "GUARANTEES"},
    ]
    _load(house, tmp_path, links)
    board = _board(house, hops=3)
    assert not any("family" in node for node in board.drawn["nodes"])

    join_families(house, board)

    # Half is no control: method 6.
    kin = {node["id"]: node["family"] for node in board.drawn["nodes"] if "family" in node}
    assert kin == {"e0": "e0", "e1": "e0", "e2": "e0"}
    assert board.drawn["families"] == {"e0": "企业0"}
    rows = node_rows(board.drawn, "zh", ["e2", "e3"])
    assert [row["集团族谱"] for row in rows] == ["企业0", ""]
    board.seen = Seen(groups=(("by:family", "e0"),))
    again = open_kept(house, content_of(board), "t")
    redraw(house, again, "zh")
    assert again.seen.groups == (("by:family", "e0"),)
    assert again.kin == kin


def test_a_view_of_nobody_that_is_known_is_refused(house: Services) -> None:
    content = {**content_of(_board(house)), "seeds": ["x-none"], "shown": ["x-none"]}

    with pytest.raises(DeskError, match="starts from nobody"):
        open_kept(house, content, "t")


@pytest.mark.parametrize(
    ("what", "value", "rule"),
    [
        ("hops", 4, "less than or equal to 3"),
        ("hops", "many", "valid integer"),
        ("seeds", [], "at least 1 item"),
        ("shown", None, "valid list"),
        ("as_of", "yesterday", "valid date"),
    ],
)
def test_a_view_that_is_none_is_refused_by_what_is_wrong_in_it(
    house: Services, what: str, value: object, rule: str
) -> None:
    content = content_of(_board(house)) | {what: value}
    with pytest.raises(DeskError, match=f"view's {what}.*{rule}"):
        open_kept(house, content, "t")


def test_a_list_above_the_limit_is_not_drawn(house: Services) -> None:
    board = Board(Asked(tuple(f"n{place}" for place in range(1_001)), (), 1, DAY, "s"))

    begin(house, board)

    assert len(board.shown) == 1_001
    assert replace(board.asked, ended=True).day is None


def test_the_statement_behind_a_view_a_node_and_a_link_may_be_run(house: Services) -> None:
    board = _board(house)
    link = board.drawn["edges"][0]["id"]
    several = _board(house, seeds=("e0", "e2"))

    for held, about in (
        (board, None), (board, ("node", "e1")), (board, ("edge", link)), (several, None),
    ):  # fmt: skip
        held.about = about
        said = statement_of(held)
        check_cypher(said.cypher)
        assert set(parameters(said.cypher)) == set(said.params)
        assert said.command.startswith("xinmai show e")
        assert "e1" not in said.cypher


def test_a_draft_is_written_where_the_canvas_has_spoken_since(house: Services) -> None:
    board = _board(house, hops=1)
    desk = network_keep.desk(house)
    start = hashlib.sha256("\n".join(board.asked.seeds).encode()).hexdigest()
    network_keep.keep_draft(house, board)
    assert desk.draft(start) is None
    board.take(Message(1, Seen(nodes=("e0",), hidden=("e1",)), ()))

    network_keep.keep_draft(house, board)
    first = desk.draft(start)
    network_keep.keep_draft(house, board)

    assert first is not None
    assert first.content["seen"]["hidden"] == ["e1"]
    assert desk.draft(start) == first
