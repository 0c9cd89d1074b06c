"""An imported row is taken, said to be known or refused with its rule; none is lost silently."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.bootstrap import Services, open_services
from app.presenters.rejects import rule_text
from app.settings import read_settings
from graph.snapshot.reader import Snapshot
from graph.store.check import check_links, check_nodes
from loaders.outcome import FileOutcome
from loaders.publish import link_batches, node_batches

NODES = "uid,label,name\na,Enterprise,甲\nb,Enterprise,乙\np,Person,张三\n"
EDGES = "source,target,type,share\n"
RECORDS = "record_id,subject,class,status\n"


@pytest.fixture
def house(tmp_path: Path) -> Services:
    return open_services(read_settings({}, tmp_path / "w"), create=True)


def take(
    house: Services, folder: Path, nodes: str, edges: str, records: str | None = None
) -> Sequence[FileOutcome]:
    """Import the tables, each from a file named by what it holds: the same text is one file."""
    paths = []
    for text in (nodes, edges, records):
        if text is not None:
            paths.append(folder / f"{abs(hash(text))}.csv")
            paths[-1].write_text(text, "utf-8")
    found = [*paths, None][:3]
    return house.take_graph(found[0], found[1], found[2], to_store=False, progress=repr).files


def counts(outcome: FileOutcome) -> tuple[int, int, int, int]:
    return outcome.read, outcome.loaded, outcome.merged, outcome.rejected


def refused(house: Services, outcome: FileOutcome) -> list[tuple[int, str, str]]:
    frame = house.ledger.rejected(str(outcome.batch)).select("行号", "列", "规则")
    return [(row, column, rule.partition(";")[0]) for row, column, rule in frame.rows()]


def links(house: Services) -> list[tuple[str, str, float | None]]:
    snapshot: Snapshot = house.snapshot()
    frame = snapshot.table("links").select("source", "target", "share").collect()
    return sorted(frame.rows())


def test_rows_of_too_many_cells_are_rejected_not_dropped(house: Services, tmp_path: Path) -> None:
    edges = EDGES + "p,a,HOLDS_SHARES,0.5,more\na,b,HOLDS_SHARES,0.6\n"
    nodes, taken = take(house, tmp_path, NODES + "c,Enterprise,丙,more,still\n", edges)
    assert counts(nodes) == (4, 3, 0, 1)
    assert counts(taken) == (2, 1, 0, 1)
    assert refused(house, taken) == [(2, "—", "has 5 cells, the header 4")]


def test_what_no_cell_may_hold_is_refused_and_identity_numbers_are_masked(
    house: Services, tmp_path: Path
) -> None:
    nodes = (
        "uid,label,name,remark\na,Enterprise,甲,110101199003074514\n"
        "z\x00,Enterprise,丁,\nq,Nobody,戊,110101199003074514\n" + f"l,Person,{'长' * 32_768},\n"
    )
    found, _ = take(house, tmp_path, nodes, EDGES + "a,a,RELATED,\n")
    assert refused(house, found) == [
        (3, "uid", "holds a NUL character"),
        (4, "label", house.ledger.rejected(str(found.batch))["规则"][1]),
        (5, "name", "is longer than 32767 characters"),
    ]
    kept = house.ledger.read("flat_nodes").collect()["raw_remark"].to_list()
    told = house.ledger.rejected(str(found.batch))["remark"].to_list()
    assert kept == ["110101********4514"]
    assert "110101********4514" in told
    assert "110101199003074514" not in told


def test_two_statements_under_one_key_are_not_one_link(house: Services, tmp_path: Path) -> None:
    edges = EDGES + "p,a,HOLDS_SHARES,0.3\np,a,HOLDS_SHARES,0.2\np,a,HOLDS_SHARES,0.30\n"
    _, taken = take(house, tmp_path, NODES, edges)
    assert counts(taken) == (3, 1, 1, 1)
    assert refused(house, taken) == [(3, "target", "stands above with other values")]
    assert links(house) == [("p", "a", 0.3)]


def test_what_a_later_file_says_of_a_link_holds(house: Services, tmp_path: Path) -> None:
    for turn, share in enumerate((0.3, 0.25, 0.4, 0.3, 0.1, 0.2)):
        # Another file each time, though one says of this link what the first did.
        edges = EDGES + f"p,a,HOLDS_SHARES,{share}\n" + "a,p,RELATED,\n" * turn
        _, taken = take(house, tmp_path, NODES, edges)
        assert taken.rejected == 0
        assert ("p", "a", share) in links(house)


def test_a_key_that_names_two_links_is_refused(house: Services, tmp_path: Path) -> None:
    edges = "key,source,target,type,share\nk,a,b,HOLDS_SHARES,0.6\nk,p,a,HOLDS_SHARES,0.7\n"
    _, taken = take(house, tmp_path, NODES, edges)
    assert refused(house, taken) == [(3, "key", "stands above with other values")]


def test_a_row_that_is_refused_anyway_contradicts_none(house: Services, tmp_path: Path) -> None:
    edges = EDGES + "p,a,HOLDS_SHARES,30\np,a,HOLDS_SHARES,0.3\n"
    _, taken = take(house, tmp_path, NODES, edges)
    assert refused(house, taken) == [(2, "share", "must be a fraction from 0 to 1")]
    assert links(house) == [("p", "a", 0.3)]


def test_the_same_figure_in_another_column_is_another_statement(
    house: Services, tmp_path: Path
) -> None:
    dated = "source,target,type,valid_from\np,a,RELATED,2020-01-01\n"
    _, taken = take(house, tmp_path, NODES, dated)
    _, ended = take(house, tmp_path, NODES, dated.replace("valid_from", "valid_to"))
    assert counts(taken) == counts(ended) == (1, 1, 0, 0)
    assert len(links(house)) == 2


def test_an_empty_column_more_says_nothing(house: Services, tmp_path: Path) -> None:
    edges = EDGES + "p,a,HOLDS_SHARES,0.3\n"
    take(house, tmp_path, NODES, edges)
    wide = NODES.replace("name\n", "name,uscc\n").replace("甲\n", "甲,\n")
    wide = wide.replace("乙\n", "乙,\n").replace("张三\n", "张三,\n")
    again, _ = take(house, tmp_path, wide, edges)
    assert counts(again) == (3, 0, 3, 0)


def test_a_file_again_gives_what_was_refused_for_want_of_a_node(
    house: Services, tmp_path: Path
) -> None:
    edges = EDGES + "p,a,HOLDS_SHARES,0.3\nq,a,HOLDS_SHARES,0.2\n"
    records = RECORDS + "r,q,court_defaulter,active\n"
    first = take(house, tmp_path, NODES, edges, records)
    assert [counts(one) for one in first] == [(3, 3, 0, 0), (2, 1, 0, 1), (1, 0, 0, 1)]
    more = NODES + "q,Person,李四\n"
    second = take(house, tmp_path, more, edges, records)
    assert [counts(one) for one in second] == [(4, 1, 3, 0), (2, 1, 1, 0), (1, 1, 0, 0)]
    assert links(house) == [("p", "a", 0.3), ("q", "a", 0.2)]
    assert all(one.again for one in take(house, tmp_path, more, edges, records))
    digests = {one.sha256 for one in house.ledger.batches() if one.resource == "flat_edges"}
    assert len(digests) == 1


@pytest.mark.parametrize("status", ["revoked", "repaired", "expired", "disputed"])
def test_of_two_files_the_status_that_ends_a_record_holds(
    house: Services, tmp_path: Path, status: str
) -> None:
    """Which hash is smaller decides nothing: whatever the names, the record counts no more."""
    names = [f"r{number}" for number in range(8)]
    for said in ("active", status):
        rows = "".join(f"{name},a,court_defaulter,{said}\n" for name in names)
        take(house, tmp_path, NODES, EDGES + "p,a,HOLDS_SHARES,0.3\n", RECORDS + rows)
    table = house.snapshot().table("records").collect()
    assert table["status"].to_list() == [status] * len(names)
    assert table["records"].list.len().to_list() == [2] * len(names)


def test_columns_named_as_those_of_the_house_are_kept_beside_them(
    house: Services, tmp_path: Path
) -> None:
    names = ["row", "row_", "列", "值", "规则", "行号", "rule", "known", "ledger_id", "*", "^.*$"]
    head, cells = ",".join(names), ",".join(["x"] * len(names))
    nodes = f"uid,label,name,{head}\na,Enterprise,甲,{cells}\nz,Nobody,丁,{cells}\n"
    edges = f"source,target,type,link_key,record_id,{head}\na,a,RELATED,y,y,{cells}\n"
    edges += f"a,z,RELATED,y,y,{cells}\n"
    records = f"record_id,subject,class,{head}\nr,a,penalty,{cells}\nr,z,penalty,{cells}\n"
    found = take(house, tmp_path, nodes, edges, records)
    assert [counts(one) for one in found] == [(2, 1, 0, 1)] * 3
    assert [refused(house, one)[0][:2] for one in found] == [
        (3, "label"), (3, "target"), (3, "subject"),
    ]  # fmt: skip
    kept = house.ledger.read("flat_nodes").collect()
    assert kept["raw_row"].to_list() == kept["raw_*"].to_list() == ["x"]
    assert kept["row"].to_list() == [2]


def test_a_link_joins_what_its_type_joins(house: Services, tmp_path: Path) -> None:
    """A store that holds the ends to their labels could never be published to again."""
    edges = EDGES + "a,b,REPRESENTS,\np,b,REPRESENTS,\na,p,HOLDS_SHARES,0.5\nb,b,MEMBER_OF,\n"
    _, taken = take(house, tmp_path, NODES, edges)
    assert refused(house, taken) == [
        (2, "type", "REPRESENTS must join Person to Organisation"),
        (4, "type", "HOLDS_SHARES must join Party to Organisation"),
        (5, "type", "MEMBER_OF must join Party to SocialOrganisation"),
    ]
    assert all(rule_text(rule, "zh") != rule for _, _, rule in refused(house, taken))


def test_what_is_no_property_of_a_label_or_type_is_kept_beside_and_not_used(
    house: Services, tmp_path: Path
) -> None:
    """Undeclared, it would keep every store from taking the graph."""
    nodes = (
        "uid,label,name,address,kind\na,Enterprise,甲,一路,\np,Person,张三,二路,\nd,Address,三路,,\n"
        "g,Engagement,报告,,审计报告\n"
    )
    edges = EDGES + "p,a,REPRESENTS,0.5\na,d,HAS_ADDRESS,\na,p,RELATED,\n"
    found = take(house, tmp_path, nodes, edges)
    assert [one.rejected for one in found] == [0, 0]
    snapshot = house.snapshot()
    table = snapshot.table("nodes").select("uid", "address", "mentions", "kind").collect()
    assert table.rows() == [
        ("a", "一路", 1, None),
        ("d", None, None, None),
        ("g", None, None, "审计报告"),
        ("p", None, 1, None),
    ]
    assert links(house) == [("a", "d", None), ("a", "p", None), ("p", "a", None)]
    for batch in [*node_batches(snapshot.table("nodes").collect())]:
        check_nodes(batch)
    for batch in [*link_batches(snapshot.table("links").collect())]:
        check_links(batch)
    assert house.ledger.read("flat_nodes").collect()["raw_address"].to_list()[1] == "二路"
