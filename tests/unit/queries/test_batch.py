"""A batch writes down what it did: it goes on from there, repeats nothing and says what changed."""

import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import fastexcel
import polars as pl
import pytest

from graph.errors import QueryError, StoreError, StoreTimeoutError
from graph.protocol import GraphStore, Params, Rows
from queries.batch import (
    Batch,
    Item,
    LeftOut,
    Subject,
    for_subjects,
    read_batch,
    without_broken,
    write_batch,
)
from queries.batch_run import Terms, run_batch
from queries.catalog import load_catalog
from queries.guard import check_cypher
from queries.journal import JOURNAL, Journal, read_journal
from queries.reference import EXAMPLE

CATALOG = load_catalog()
SOON = timedelta(seconds=5)
ROWS = "MATCH (p:Party {uid: $uid}) RETURN p.uid AS uid LIMIT 5"


class Answering:
    """A store that answers by parameter, counts what it is asked and may die on the way."""

    def __init__(self, answer: Callable[[str], list[tuple[object, ...]]]) -> None:
        self.asked: list[str] = []
        self.snapshot = "s1"
        self._answer = answer

    def holds(self) -> str:
        return self.snapshot

    def rows(self, cypher: str, params: Params, *, limit: int, timeout: timedelta) -> Rows:
        del cypher, timeout
        self.asked.append(str(params.get("uid")))
        found = self._answer(str(params.get("uid")))
        return Rows(("uid", "value"), found[:limit], more=len(found) > limit)


def test_the_batch_of_the_page_is_one_and_every_item_of_it_can_be_asked(tmp_path: Path) -> None:
    (tmp_path / "batch.yml").write_text(EXAMPLE, encoding="utf-8")
    (tmp_path / "words.csv").write_text("word,least\n环岭,1000\n", encoding="utf-8")
    named, about, own = for_subjects(
        read_batch(tmp_path / "batch.yml"), CATALOG, [Subject(2, "x1", "甲公司")], []
    ).items
    assert {named.query, about.query} <= {one.id for one in CATALOG}
    assert (named.params, about.params) == ({"least": 5}, {"uid": "x1"})
    assert own.params == {"word": "环岭", "least": 1000}
    check_cypher(str(own.cypher))


def test_own_cypher_that_finds_nothing_says_what_the_graph_does_not_have(tmp_path: Path) -> None:
    said = "MATCH (e:Entreprise) RETURN e.uid AS uid LIMIT 5"
    batch = Batch("一批", (Item("自写", None, said, {}),))
    for found in ((), (("x1", 2),)):
        out = tmp_path / str(len(found))
        _run(Answering(lambda _, found=found: list(found)), batch, out)  # type: ignore[misc]
        (item,) = json.loads((out / "manifest.json").read_text("utf-8"))["items"]
        told = None if found else "line 1: 'Entreprise' is no label of the graph (Enterprise is)"
        assert item["message"] == told
        # It was asked and answered: no cover calls it unfinished.
        cover = fastexcel.read_excel(out / "workbook.xlsx").load_sheet(0, header_row=None)
        assert "自写" not in cover.to_polars().to_series(0).to_list()


def _run(store: Answering, batch: Batch, out: Path, **terms: object) -> list[str]:
    said: list[str] = []
    asked = Terms(limit=3, timeout=SOON, **terms)  # type: ignore[arg-type]
    run_batch(cast("GraphStore", store), batch, CATALOG, out, asked, said.append)
    return said


def _batch(*uids: str) -> Batch:
    return Batch("甲", tuple(Item(uid, None, ROWS, {"uid": uid}) for uid in uids))


def _one_row(uid: str) -> list[tuple[object, ...]]:
    return [(uid, 1)]


def test_a_run_that_died_goes_on_and_repeats_nothing_done(tmp_path: Path) -> None:
    def dies(uid: str) -> list[tuple[object, ...]]:
        if uid == "c":
            raise KeyboardInterrupt
        return _one_row(uid)

    with pytest.raises(KeyboardInterrupt):
        _run(Answering(dies), _batch("a", "b", "c", "d"), tmp_path)
    # Cut short in the middle of a line, as a kill does.
    with (tmp_path / JOURNAL).open("a", encoding="utf-8") as file:
        file.write('{"key": "half')
    store = Answering(_one_row)

    said = _run(store, _batch("a", "b", "c", "d"), tmp_path, resume=True)

    assert store.asked == ["c", "d"]
    assert [line[:5] for line in said] == ["[3/4]", "[4/4]"]
    told = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert [one["state"] for one in told["items"]] == ["ok"] * 4
    assert pl.read_csv(tmp_path / "01-a.csv")["uid"].to_list() == ["a"]
    assert len(read_journal(tmp_path)) == 4


def test_what_failed_is_asked_again_only_on_demand_and_all_on_another_snapshot(
    tmp_path: Path,
) -> None:
    def fails(uid: str) -> list[tuple[object, ...]]:
        if uid == "b":
            raise StoreError("statement", uid, "was refused")
        return _one_row(uid)

    _run(Answering(fails), _batch("a", "b"), tmp_path)
    well = Answering(_one_row)

    _run(well, _batch("a", "b"), tmp_path, resume=True)
    assert well.asked == []
    _run(well, _batch("a", "b"), tmp_path, resume=True, retry=True)
    assert well.asked == ["b"]
    well.snapshot = "s2"
    _run(well, _batch("a", "b"), tmp_path, resume=True)
    assert well.asked == ["b", "a", "b"]
    _run(well, _batch("a", "b"), tmp_path)
    assert len(well.asked) == 5


def test_several_at_once_say_the_same_as_one_by_one(tmp_path: Path) -> None:
    uids = [f"e{place}" for place in range(30)]
    for workers in (1, 4):
        _run(Answering(_one_row), _batch(*uids), tmp_path / str(workers), workers=workers)

    one, four = (
        json.loads((tmp_path / str(workers) / "manifest.json").read_text("utf-8"))
        for workers in (1, 4)
    )
    assert [item["name"] for item in four["items"]] == uids
    assert [file["sha256"] for file in one["files"]][:30] == [
        file["sha256"] for file in four["files"]
    ][:30]


def test_each_query_on_a_party_is_asked_for_each_subject_and_the_others_once() -> None:
    subjects = [Subject(2, "a", "甲"), Subject(4, "b", "乙")]
    left = [LeftOut(3, "丙", "需人工 多个候选")]
    items = (
        Item("记录", "trace.records", None, {}, "记录"),
        Item("一家", "trace.records", None, {"uid": "z"}, "一家"),
        Item("互联", "trace.among", None, {"as_of": "2026-11-23"}, "互联"),
        Item("自写", None, ROWS, {}, "自写"),
        Item("循环", "ownership.circular", None, {}, "循环"),
    )

    asked = for_subjects(Batch("甲", items), CATALOG, subjects, left)

    assert [one.name for one in asked.items] == [
        "记录-2", "记录-4", "一家", "互联", "自写-2", "自写-4", "循环",
    ]  # fmt: skip
    assert asked.items[1].params == {"uid": "b"}
    assert asked.items[1].about == {"row": 4, "uid": "b", "name": "乙"}
    assert asked.items[3].params["uids"] == ["a", "b"]
    assert asked.left_out == tuple(left)


def test_the_workbook_and_the_zip_hold_everything_and_name_what_failed(tmp_path: Path) -> None:
    items = (*_batch("=a").items, Item("坏", None, "MATCH (n) DELETE n", {}))
    batch = Batch("核查", items, (LeftOut(7, "丙", "未命中"),))

    _run(Answering(_one_row), batch, tmp_path, formats=("csv", "xlsx", "parquet"))

    book = fastexcel.read_excel(tmp_path / "workbook.xlsx")
    assert book.sheet_names == ["封面", "项目", "名单中未查询", "1 =a"]
    cover = [
        " ".join(str(cell) for cell in row if cell is not None)
        for row in book.load_sheet(0, header_row=None).to_polars().iter_rows()
    ]
    assert any("坏" in line and "not allowed" in line for line in cover)
    assert any("01-_a.csv" in line for line in cover)
    with zipfile.ZipFile(tmp_path / "result.zip") as archive:
        held = set(archive.namelist())
    assert held == {
        "01-_a.csv", "01-_a.xlsx", "01-_a.parquet", "workbook.xlsx", "manifest.json",
    }  # fmt: skip
    told = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert told["counts"] == {
        "ok": 1, "empty": 0, "capped": 0, "failed": 0, "refused": 1, "timed_out": 0,
    }  # fmt: skip
    assert told["left_out"][0]["row"] == 7
    assert len(told["items"][0]["query_sha256"]) == 64


def test_the_difference_to_the_run_before_names_rows_items_and_no_failure(tmp_path: Path) -> None:
    def then(uid: str) -> list[tuple[object, ...]]:
        if uid == "c":
            raise StoreError("statement", uid, "was refused")
        return [(uid, 1), (uid, 2)]

    _run(Answering(then), _batch("a", "c", "gone"), tmp_path / "then")
    _run(
        Answering(lambda uid: [(uid, 2), (uid, 3)]),
        _batch("a", "c", "new"),
        tmp_path / "now",
        since=tmp_path / "then",
    )

    found = pl.read_csv(tmp_path / "now" / "difference.csv")

    assert list(found.select("item", "change").iter_rows()) == [
        ("a", "added"), ("a", "removed"), ("c", "not_compared"),
        ("new", "new_item"), ("gone", "gone_item"),
    ]  # fmt: skip
    assert '"value": 3' in found["row"][0]
    with pytest.raises(QueryError, match="has no journal"):
        _run(Answering(then), _batch("a"), tmp_path / "x", since=tmp_path)
    (tmp_path / "then" / "manifest.json").unlink()
    with pytest.raises(QueryError, match="did not end"):
        _run(Answering(then), _batch("a"), tmp_path / "x", since=tmp_path / "then")


def test_of_rows_that_were_cut_off_none_is_said_to_be_gone_or_new(tmp_path: Path) -> None:
    for run, first in (("then", 1), ("now", 2)):
        since = tmp_path / "then" if run == "now" else None
        rows = [(place, 0) for place in range(first, 9)]
        _run(Answering(lambda _, rows=rows: rows), _batch("a"), tmp_path / run, since=since)  # type: ignore[misc]

    found = pl.read_csv(tmp_path / "now" / "difference.csv")
    assert list(found.select("item", "change").iter_rows()) == [("a", "not_compared")]


def test_a_batch_that_asks_nothing_says_so_and_is_no_success(tmp_path: Path) -> None:
    path = tmp_path / "b.yml"
    path.write_text("items: []\n", "utf-8")
    with pytest.raises(QueryError, match="must have an item"):
        read_batch(path)
    for rows in ("", "uid\n"):
        (tmp_path / "rows.csv").write_text(rows, "utf-8")
        one = "{name: 甲, query: trace.records, for_each: rows.csv}"
        path.write_text(f"items:\n- {one}\n- {{name: 乙, cypher: '{ROWS}'}}\n", "utf-8")
        batch = read_batch(path)
        store = Answering(_one_row)

        said = _run(store, batch, tmp_path / "out")

        assert "甲: refused for_each" in said[0]
        assert "rows.csv' has no row below its header" in said[0]
        assert store.asked == ["None"], "the others are asked"


def test_queries_on_parties_of_a_list_without_one_are_named(tmp_path: Path) -> None:
    items = (Item("记录", "trace.records", None, {}), Item("互联", "trace.among", None, {}))
    asked = for_subjects(Batch("甲", items), CATALOG, [], [LeftOut(2, "丙", "未命中")])

    said = _run(Answering(_one_row), asked, tmp_path)

    assert len(said) == 2
    assert all("refused" in line and "no row of it is one" in line for line in said)


def test_an_item_on_a_broken_query_says_what_is_wrong_and_the_others_answer(
    tmp_path: Path,
) -> None:
    items = (Item("坏", "own.bad", None, {}), Item("好", None, ROWS, {"uid": "a"}))
    broken = {"own.bad": QueryError("own/bad.cypher", "card", "cannot be read")}

    said = _run(Answering(_one_row), without_broken(Batch("甲", items), broken), tmp_path)

    assert said == [
        "[1/2] 坏: refused own/bad.cypher: 'card' cannot be read", "[2/2] 好: ok 1",
    ]  # fmt: skip


def test_without_a_whole_snapshot_nothing_is_said_to_be_missing(tmp_path: Path) -> None:
    store = Answering(lambda _: [])
    store.snapshot = cast("str", None)

    assert (
        "failed graph store: None holds no whole snapshot" in _run(store, _batch("a"), tmp_path)[0]
    )


def test_what_is_published_during_a_batch_is_not_mixed_into_it(tmp_path: Path) -> None:
    store = Answering(_one_row)

    def publishes(uid: str) -> list[tuple[object, ...]]:
        store.snapshot = "s2"
        return _one_row(uid)

    store._answer = publishes
    said = _run(store, _batch("a", "b"), tmp_path)

    assert "replaced snapshot s1 meanwhile" in said[0]
    assert "'s2' was published while the batch ran on s1" in said[1]


def test_of_the_run_before_no_file_stays_in_the_folder(tmp_path: Path) -> None:
    _run(Answering(_one_row), _batch("a", "b"), tmp_path)
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / "02-b.csv").write_text("changed by hand", "utf-8")

    _run(Answering(_one_row), _batch("c"), tmp_path)

    assert {one.name for one in tmp_path.iterdir()} == {
        "01-c.csv", "02-b.csv", "journal.jsonl", "manifest.json", "mine.txt", "result.zip",
        "workbook.xlsx",
    }  # fmt: skip
    other = {"files": [{"name": "mine.txt", "sha256": sha256(b"mine").hexdigest()}]}
    (tmp_path / "manifest.json").write_text(json.dumps(other), "utf-8")
    _run(Answering(_one_row), _batch("c"), tmp_path)
    assert (tmp_path / "mine.txt").is_file()


def test_a_folder_that_another_batch_writes_to_is_refused(tmp_path: Path) -> None:
    with Journal(tmp_path, resume=False), pytest.raises(QueryError, match="another batch now"):
        _run(Answering(_one_row), _batch("a"), tmp_path)

    assert _run(Answering(_one_row), _batch("a"), tmp_path) == ["[1/1] a: ok 1"]


def test_subjects_of_other_columns_have_a_table_of_their_own(tmp_path: Path) -> None:
    text = ROWS.replace("p.uid AS uid", "p.uid AS for_uid")
    one, two = {"uid": "a"}, {"uid": "b", "note": "乙"}
    items = (Item("q-1", None, text, {"uid": "a"}, "q", one),
             Item("q-1", None, text, {"uid": "b"}, "q", two))  # fmt: skip
    columns = ("for_uid", "value")
    store = Answering(_one_row)
    cast("Any", store).rows = lambda *_, **__: Rows(columns, [("x", 1)])
    _run(store, Batch("甲\n", items), tmp_path)

    first, second = pl.read_csv(tmp_path / "01-q.csv"), pl.read_csv(tmp_path / "02-q.csv")
    assert first.rows() == [("a", "x", 1)]
    assert first.columns == ["for_uid_", "for_uid", "value"]
    assert second.rows() == [("b", "乙", "x", 1)]


def test_a_sheet_has_the_number_of_its_file(tmp_path: Path) -> None:
    def fails(uid: str) -> list[tuple[object, ...]]:
        if uid == "a":
            raise StoreError("statement", uid, "was refused")
        return _one_row(uid)

    batch = Batch("甲", (*_batch("a").items, Item("b\nc", None, ROWS, {"uid": "b"})))
    said = _run(Answering(fails), batch, tmp_path)

    assert (tmp_path / "02-b_c.csv").is_file()
    assert fastexcel.read_excel(tmp_path / "workbook.xlsx").sheet_names[-1] == "2 b_c"
    assert said[1] == "[2/2] b c: ok 1"


def test_a_named_query_that_is_too_slow_is_called_by_its_name_and_counted_once(
    tmp_path: Path,
) -> None:
    def slow(cypher: str, *_: object, **__: object) -> Rows:
        raise StoreTimeoutError("query", cypher[:300], "did not finish within 0:00:05")

    store = Answering(_one_row)
    cast("Any", store).rows = slow
    item = Item("记录", "trace.records", None, {"uid": "a"})

    said = _run(store, Batch("甲", (item, item)), tmp_path)

    assert said == ["[1/1] 记录: timed_out query: 'trace.records' did not finish within 0:00:05"]


def test_a_query_cut_off_by_its_own_limit_says_that_there_are_more(tmp_path: Path) -> None:
    there = [(f"r{place}", 1) for place in range(4)]
    store = Answering(_one_row)
    cast("Any", store).rows = lambda _, params, *, limit, **__: Rows(
        ("uid", "value"), there[: params["limit"]][:limit], min(params["limit"], 4) > limit
    )
    items = [
        Item(
            f"{most}", "trace.guarantees", None, {"uid": "a", "limit": most, "as_of": "2026-11-23"}
        )
        for most in (2, 3, 4, 5)
    ]

    said = _run(store, Batch("甲", tuple(items)), tmp_path)

    assert said == [
        "[1/4] 2: capped 2 rows are shown, there are more",
        "[2/4] 3: capped 3 rows are shown, there are more",
        "[3/4] 4: capped 3 rows are shown, there are more",
        "[4/4] 5: capped 3 rows are shown, there are more",
    ]
    cast("Any", store).rows = lambda _, params, *, limit, **__: Rows(
        ("uid", "value"), there[:2][: params["limit"]][:limit], min(params["limit"], 2) > limit
    )
    assert _run(store, Batch("甲", tuple(items[:1])), tmp_path) == ["[1/1] 2: ok 2"]
    told = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert told["items"][0]["params"]["limit"] == 2


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("LIMIT 3", "capped 3 rows are shown, there are more"),
        ("limit 3 ;\n", "capped 3 rows are shown, there are more"),
        ("LIMIT 4", "ok 4"),
        ("LIMIT 5", "ok 4"),
        # More than what a batch shows at all is cut off by the batch.
        ("LIMIT 3 // as ever", "ok 3"),
        ("LIMIT 3 UNION RETURN 1 AS uid LIMIT 3", "ok 3"),
    ],
)
def test_own_cypher_cut_off_by_the_number_it_ends_in_says_that_there_are_more(
    tmp_path: Path, end: str, said: str
) -> None:
    store = Answering(_one_row)

    def rows(cypher: str, _: Params, *, limit: int, **__: object) -> Rows:
        most = int(cypher.rpartition("LIMIT" if "LIMIT" in cypher else "limit")[2].split()[0])
        found = [(f"r{place}", 1) for place in range(4)][:most]
        return Rows(("uid", "value"), found[:limit], more=len(found) > limit)

    cast("Any", store).rows = rows
    item = Item("甲", None, f"MATCH (p:Party) RETURN p.uid AS uid {end}", {})
    told: list[str] = []
    terms = Terms(limit=4, timeout=SOON)
    run_batch(
        cast("GraphStore", store), Batch("甲", (item,)), CATALOG, tmp_path, terms, told.append
    )

    assert told == [f"[1/1] 甲: {said}"]


def test_a_cell_is_a_number_where_own_cypher_says_so_and_a_code_stays_text(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("least,code\n3,0755\nviele,0010\n,0001\n", "utf-8")
    (tmp_path / "b.yml").write_text(
        "items:\n- name: 甲\n  for_each: rows.csv\n  kinds: {least: integer}\n"
        "  cypher: MATCH (p:Party) WHERE p.mentions >= $least AND p.code = $code"
        " RETURN p.uid AS uid LIMIT 5\n",
        "utf-8",
    )
    first, second, third = read_batch(tmp_path / "b.yml").items

    assert (first.params, first.fault) == ({"least": 3, "code": "0755"}, None)
    assert "'viele' must be of kind integer" in str(second.fault)
    assert "'' must be of kind integer" in str(third.fault)
    assert second.about == {"least": "viele", "code": "0010"}


def test_an_identity_number_that_was_asked_with_is_in_no_file_of_the_result(
    tmp_path: Path,
) -> None:
    number, off = "11010519491231002X", "110105194912310021"
    about = {"row": 2, "uid": number}
    items = (
        Item("a", None, ROWS, {"uid": number, "named": [off]}, "a", about),
        Item("b", "trace.records", None, {"uid": "x", "as_of": off}, "b"),
    )
    _run(Answering(lambda _: [("甲", 1)]), Batch("甲", items), tmp_path, formats=("csv", "json"))

    book = zipfile.ZipFile(tmp_path / "workbook.xlsx")
    inside = b"".join(book.read(name) for name in book.namelist())
    held = inside + b"".join(one.read_bytes() for one in tmp_path.iterdir() if one.is_file())
    assert b"110105********002X" in held
    assert number.encode() not in held
    assert off.encode() not in held


def test_a_batch_is_written_as_it_is_read(tmp_path: Path) -> None:
    items = (
        Item("记录", "trace.records", None, {"limit": 5}, "记录"),
        Item("自写", None, ROWS, {}, "自写"),
    )
    write_batch(Batch("甲", items), tmp_path / "b.yml")

    assert read_batch(tmp_path / "b.yml") == Batch("甲", items)
    with pytest.raises(QueryError, match="cannot be written"):
        write_batch(Batch("甲", items), tmp_path / "none" / "b.yml")


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("query: [a]", "query"),
        ("cypher: 5", "cypher"),
        ("{cypher: RETURN 1 AS a LIMIT 1, params: {1: 2}}", "names a parameter"),
        ("{cypher: RETURN $a AS a LIMIT 1, params: {a: 9223372036854775808}}", "can hold"),
        ("{cypher: RETURN $a AS a LIMIT 1, params: {a: !!binary aGVsbG8=}}", "hello"),
        ("{cypher: RETURN $a AS a LIMIT 1, params: {a: !!set {x}}}", "list of them"),
    ],
)
def test_an_item_of_wrong_kinds_is_refused_before_anything_is_asked(
    tmp_path: Path, item: str, said: str
) -> None:
    path = tmp_path / "asked.yml"
    path.write_text(f"items:\n- {item}\n", "utf-8")

    with pytest.raises(QueryError, match=said):
        read_batch(path)


@pytest.mark.parametrize(
    ("rows", "said"),
    [("uid,limit\nx,1,2\n", "line 2"), ("uid,limit\nx\n", "line 2"), ("uid,uid\nx,y\n", "twice")],
)
def test_a_row_that_does_not_fit_its_header_is_named(tmp_path: Path, rows: str, said: str) -> None:
    (tmp_path / "rows.csv").write_text(rows, "utf-8")
    path = tmp_path / "asked.yml"
    path.write_text("items:\n- {query: ownership.holders, for_each: rows.csv}\n", "utf-8")

    with pytest.raises(QueryError, match=said):
        read_batch(path)
