"""What a later file says of a known node, link or record holds; what was said before is kept."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from app.bootstrap import Services, open_services
from app.presenters.party import party_lines
from app.settings import read_settings
from graph.analysis.party import describe
from tests.unit.loaders.flat.test_what_a_row_says import (
    EDGES,
    NODES,
    counts,
    links,
    refused,
    take,
)

ON = date(2026, 11, 23)


@pytest.fixture
def house(tmp_path: Path) -> Services:
    return open_services(read_settings({}, tmp_path / "w"), create=True)


def test_what_a_later_file_says_of_a_node_holds(house: Services, tmp_path: Path) -> None:
    """Which hash is smaller decides nothing: the file that came last holds, the same or not."""
    head = "uid,label,name,address\n"
    for turn, address in enumerate(("一路", "二路", "三路", "一路", "四路", "二路")):
        nodes = head + f"a,Enterprise,甲,{address}\n" + "".join(
            f"z{number},Person,路人,\n" for number in range(turn)
        )  # fmt: skip
        found, _ = take(house, tmp_path, nodes, EDGES + "a,a,RELATED,\n")
        assert counts(found) == (turn + 1, 1 + (turn > 0), max(turn - 1, 0), 0)
        assert house.snapshot().node("a").properties["address"] == address
    lost = house.snapshot().conflicts_of("a")
    assert [(one["value"], one["chosen"]) for one in lost] == [
        ("一路", "二路"), ("三路", "二路"), ("四路", "二路"),
    ]  # fmt: skip
    said = house.snapshot().mentions_of("a")
    assert len(said) == house.snapshot().node("a").properties["mentions"] == 6
    where = {(one.file, one.row) for one in house.snapshot().sources([lost[0]["record_id"]])[
        lost[0]["record_id"]]}  # fmt: skip
    assert len(where) == 1


def test_what_a_later_row_leaves_empty_is_said_no_more_and_stays_traceable(
    house: Services, tmp_path: Path
) -> None:
    nodes = "uid,label,name,former_names,established_on,id_number\n"
    first = "a,Enterprise,甲,旧甲|老甲,2001-02-03,\np,Person,张三,,,110101199003074514\n"
    take(house, tmp_path, nodes + first, EDGES + "p,a,RELATED,\n")
    later = "uid,label,name\na,Enterprise,新甲\np,Person,张三\n"
    take(house, tmp_path, later, EDGES + "p,a,RELATED,\n")
    snapshot = house.snapshot()
    assert snapshot.node("a").name == "新甲"
    assert "established_on" not in snapshot.node("a").properties
    lost = [
        (one["property"], one["value"], one.get("chosen")) for one in snapshot.conflicts_of("a")
    ]
    assert lost == [
        ("established_on", "2001-02-03", None),
        ("former_names", "旧甲|老甲", None),
        ("name", "甲", "新甲"),
    ]
    # The keyed hash of an identity number is shown to nobody.
    masks = [(one["property"], one["value"]) for one in snapshot.conflicts_of("p")]
    assert masks == [("id_mask", "110101********4514")]
    shown = "\n".join(party_lines(describe(snapshot, "a", ON)))
    assert "2001-02-03（采用 —）" in shown


def test_a_uid_keeps_its_label_but_may_take_a_role(house: Services, tmp_path: Path) -> None:
    take(house, tmp_path, NODES, EDGES + "p,a,RELATED,\n")
    nodes = "uid,label,name\na,Person,甲\nb,Intermediary,乙\np,Person,张三丰\n"
    found, _ = take(house, tmp_path, nodes, EDGES + "p,a,RELATED,\n")
    assert counts(found) == (3, 2, 0, 1)
    rule = "must stay Enterprise, which this uid is known as"
    assert refused(house, found) == [(2, "label", rule)]
    assert house.snapshot().node("a").label == "Enterprise"
    assert "Intermediary" in house.snapshot().node("b").labels
    assert house.snapshot().node("p").name == "张三丰"


def test_two_rows_of_a_uid_in_one_file_are_refused_as_before(
    house: Services, tmp_path: Path
) -> None:
    found, _ = take(house, tmp_path, NODES + "a,Enterprise,丙\n", EDGES + "p,a,RELATED,\n")
    assert refused(house, found) == [(5, "uid", "stands twice in this file")]
    again, _ = take(house, tmp_path, NODES + "a,Enterprise,丁\n", EDGES + "p,a,RELATED,\n")
    assert refused(house, again) == [(5, "uid", "stands twice in this file")]
    assert house.snapshot().node("a").name == "甲"


def test_votes_entrusted_in_an_earlier_file_alone_are_entrusted_no_more(
    house: Services, tmp_path: Path
) -> None:
    head = "source,target,type,share,entrusted_to\n"
    take(house, tmp_path, NODES, head + "p,a,HOLDS_SHARES,0.6,b\n")
    assert [(one, share) for one, _, share in links(house)] == [("b", 0.0), ("p", 0.6)]
    take(house, tmp_path, NODES, head + "p,a,HOLDS_SHARES,0.6,\n")
    assert links(house) == [("p", "a", 0.6)]


def test_a_snapshot_made_anew_has_the_same_bytes(house: Services, tmp_path: Path) -> None:
    for name, share in (("甲", 0.3), ("新甲", 0.4), ("甲", 0.5)):
        nodes = f"uid,label,name,address\na,Enterprise,{name},路{share}\np,Person,张三\n"
        take(house, tmp_path, nodes, EDGES + f"p,a,HOLDS_SHARES,{share}\n")
    folder = house.workspace.folder
    other = tmp_path / "other"
    other.mkdir()
    shutil.copytree(folder / "ledger", other / "ledger")
    shutil.copy(folder / "identity.key", other)
    anew = open_services(read_settings({}, other))
    anew.load((), None, to_store=False, progress=repr)
    assert anew.snapshot().id == house.snapshot().id
    assert anew.snapshot().manifest["files"] == house.snapshot().manifest["files"]
    assert anew.snapshot().node("a").properties["address"] == "路0.5"


def test_what_a_later_file_says_of_a_record_holds(house: Services, tmp_path: Path) -> None:
    head = "record_id,subject,class,severity,reason\n"
    names = [f"r{number}" for number in range(8)]
    for turn, severity in enumerate(("general", "serious", "minor", "general")):
        rows = "".join(f"{name},a,penalty,{severity},第{turn}次\n" for name in names)
        found = take(house, tmp_path, NODES, EDGES + "p,a,RELATED,\n", head + rows)
        assert counts(found[2]) == (8, 8, 0, 0)
        table = house.snapshot().table("records").collect()
        assert table["severity"].to_list() == [severity] * 8
        assert table["records"].list.len().to_list() == [turn + 1] * 8


def test_a_file_again_for_rows_it_lacked_nodes_for_takes_nothing_back(
    house: Services, tmp_path: Path
) -> None:
    edges = EDGES + "p,a,HOLDS_SHARES,0.3\nq,a,HOLDS_SHARES,0.2\n"
    records = "record_id,subject,class,severity\nr,a,penalty,general\ns,q,penalty,general\n"
    take(house, tmp_path, NODES, edges, records)
    newer = EDGES + "p,a,HOLDS_SHARES,0.4\n"
    take(house, tmp_path, NODES, newer, records.replace("r,a,penalty,general", "r,a,penalty,minor"))
    found = take(house, tmp_path, NODES + "q,Person,李四\n", edges, records)
    assert [counts(one) for one in found] == [(4, 1, 3, 0), (2, 1, 1, 0), (2, 1, 1, 0)]
    assert links(house) == [("p", "a", 0.4), ("q", "a", 0.2)]
    said = house.snapshot().table("records").select("uid", "severity").collect()
    assert said.rows() == [("r", "minor"), ("s", "general")]
