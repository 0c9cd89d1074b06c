import json
import re
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from graph.errors import QueryError
from graph.schema.catalog import SCHEMA
from queries.batch import read_batch
from queries.card import Kind, Parameter, Query
from queries.catalog import load_catalog, load_library
from queries.form import read_query
from queries.output import SUFFIXES, safe, write_answer
from queries.run import Answer

CARD = """// ---
// id: {id}
// title: {{zh: 问, en: Ask}}
// purpose: "What is asked."
// questions: [Q1]
// params: {params}
// columns: [uid]
// ---
MATCH (a:Party) RETURN a.uid AS uid LIMIT 5
"""


def _written(folder: Path, name: str, text: str) -> Path:
    path = folder / "own" / f"{name}.cypher"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_site_s_own_query_stands_beside_the_shipped_ones(tmp_path: Path) -> None:
    _written(tmp_path, "ask", CARD.format(id="own.ask", params="{}"))

    library = load_library(tmp_path)

    assert library.one("own.ask").columns == ("uid",)
    assert len(library.queries) >= 26
    assert library.one("own.ask").to_json()["title"] == {"zh": "问", "en": "Ask"}
    assert not library.broken


ASKS = "MATCH (a:Party {uid: $z}) RETURN a.uid AS uid LIMIT 5"


def test_a_broken_query_is_named_with_file_value_and_rule_and_stops_no_other(
    tmp_path: Path,
) -> None:
    good = CARD.format(id="own.good", params="{}")
    # An editor's mark before the first line breaks nothing.
    _written(tmp_path, "good", "\ufeff" + good)
    _written(tmp_path, "card", "// ---\n// id: [\n// ---\n" + ASKS)
    _written(tmp_path, "writes", good.replace("own.good", "own.writes").replace("(a", "(b) SET (a"))
    _written(tmp_path, "deep", CARD.format(id="own.deep", params="[" * 5_000))
    (tmp_path / "own" / "folder.cypher").mkdir()

    library = load_library(tmp_path)

    assert {one.id for one in library.queries if one.folder == "own"} == {"own.good"}
    assert set(library.broken) == {"own.card", "own.writes", "own.deep", "own.folder"}
    for name, error in library.broken.items():
        assert f"own/{name.removeprefix('own.')}.cypher" in str(error)
    assert str(library.broken["own.writes"]) == (
        "own/writes.cypher line 9: 'SET' is not allowed: queries only read"
    )
    with pytest.raises(QueryError, match="is not allowed"):
        library.one("own.writes")
    with pytest.raises(QueryError, match="is not in the library"):
        library.one("own.none")


@pytest.mark.parametrize(
    ("params", "cypher", "said"),
    [
        ("{}", ASKS, "own/ask.cypher parameter: 'z' is used and not declared"),
        ("{}", ASKS.replace("$z", "$`z`"), "own/ask.cypher parameter: 'z' is used"),
        ("{z: {kind: text}, y: {kind: text}}", ASKS, "parameter: 'y' is declared and not used"),
        ("{z: {kind: integer, default: abc}}", ASKS, "ask.cypher parameter z: 'abc' as default"),
        ("{z: {kind: integer, default: 9, max: 5}}", ASKS, "parameter z: 9 as default"),
        ("{z: {kind: integer, min: 5, max: 1}}", ASKS, "parameter z: 5 must be at most 1"),
        ("{z: {kind: integer, maximum: 1}}", ASKS, "parameter z: .* may only have"),
        ("{z: {kind: date, default: 2026-02-30}}", ASKS, "cannot be read: day is out of range"),
        ("{z: text}", ASKS, "parameter z: 'text' may only have"),
    ],
)
def test_parameters_are_checked_when_the_library_is_read(
    tmp_path: Path, params: str, cypher: str, said: str
) -> None:
    card = CARD.format(id="own.ask", params=params).rpartition("MATCH")[0]
    _written(tmp_path, "ask", card + cypher)

    error = load_library(tmp_path).broken["own.ask"]

    assert re.search(said, str(error)), error


def test_a_file_out_of_place_and_a_name_of_the_product_are_told_and_not_passed_over(
    tmp_path: Path,
) -> None:
    text = CARD.format(id="trace.records", params="{}")
    for place in ("trace/records.cypher", "loose.cypher", "a/b/deep.cypher", "own/up.CYPHER"):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    library = load_library(tmp_path)

    said = [str(error) for error in library.broken.values()]
    assert sum("must stand as topic/name.cypher" in one for one in said) == 3
    assert sum("is the name of a query of the product" in one for one in said) == 1
    assert "party" in library.one("trace.records").text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("MATCH (a) RETURN a LIMIT 1", "must stand between two lines"),
        ("// ---\n// a: [\n// ---\nMATCH (a) RETURN a LIMIT 1", "cannot be read"),
        (
            "// ---\n// id: own.ask\n// ---\nMATCH (a) RETURN a LIMIT 1",
            "must have exactly the keys",
        ),
        (CARD.format(id="own.other", params="{}"), "must be the file's place own.ask"),
        (CARD.format(id="own.ask", params="{n: {kind: colour}}"), "must be one of text"),
        (CARD.format(id="own.ask", params="[1]"), "breaks its form"),
    ],
)
def test_a_card_that_breaks_its_form_is_named(tmp_path: Path, text: str, rule: str) -> None:
    with pytest.raises(QueryError, match=rule):
        read_query(_written(tmp_path, "ask", text))


@pytest.mark.parametrize(
    ("kind", "given", "read"),
    [
        ("text", 5, "5"),
        ("texts", "a, b,", ["a", "b"]),
        ("texts", ["a", 1], ["a", "1"]),
        ("date", "2026-11-23", "2026-11-23"),
        ("integer", "7", 7),
        ("fraction", "0.25", 0.25),
    ],
)
def test_a_parameter_is_read_as_its_kind(kind: str, given: object, read: object) -> None:
    assert Parameter("p", kind, "参数").read(given) == read  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [["a"], {"a": 1}, False])
def test_what_is_no_text_is_not_asked_for_as_one(given: object) -> None:
    with pytest.raises(QueryError, match=r"parameter p: .* must be text; put it in quotes"):
        Parameter("p", "text", "参数").read(given)


@pytest.mark.parametrize(
    ("kind", "given"), [("date", "2026-13-01"), ("integer", "x"), ("integer", "11")]
)
def test_a_parameter_out_of_kind_or_bounds_is_refused(kind: str, given: object) -> None:
    with pytest.raises(QueryError, match="parameter p"):
        Parameter("p", kind, "参数", minimum=1, maximum=10).read(given)  # type: ignore[arg-type]


def test_missing_and_unknown_parameters_are_named(tmp_path: Path) -> None:
    params = "{uid: {kind: text, zh: 编号}, n: {kind: integer, zh: 数, default: 3}}"
    card = CARD.format(id="own.ask", params=params)
    text = card.replace("(a:Party)", "(a:Party {uid: $uid})").replace("LIMIT 5", "LIMIT $n")
    query = read_query(_written(tmp_path, "ask", text))

    assert query.values({"uid": "x"}) == {"uid": "x", "n": 3}
    for empty in ({}, {"uid": ""}, {"uid": None}, {"uid": "x", "n": ""}):
        with pytest.raises(QueryError, match="must be given"):
            query.values(dict(empty))
    with pytest.raises(QueryError, match="colour"):
        query.values({"uid": "x", "colour": 1})


ROWS = [("=1+1", -3, float("nan"), ["a", "=b"], {"k": 1}), (" =x", 2, 0.5, [], {})]
ANSWER = Answer("q", ("a", "b", "c", "d", "e"), ROWS, False, 5, 0.1, {}, "s1")  # noqa: FBT003


def test_what_a_spreadsheet_would_run_stays_text(tmp_path: Path) -> None:
    for suffix in (".csv", ".xlsx"):
        write_answer(ANSWER, tmp_path / f"a{suffix}")
    csv = pl.read_csv(tmp_path / "a.csv")
    book = pl.read_excel(tmp_path / "a.xlsx")

    assert csv["a"].to_list() == book["a"].to_list() == ["'=1+1", "' =x"]
    assert csv["b"].to_list() == [-3, 2]
    assert csv["c"].to_list() == [None, 0.5]
    assert csv["d"].to_list()[0] == "a|=b"
    assert csv["e"].to_list() == ['{"k": 1}', "{}"]
    assert safe("@x") == "'@x"


def test_json_and_parquet_keep_values_as_they_are(tmp_path: Path) -> None:
    for suffix in (".json", ".parquet"):
        write_answer(ANSWER, tmp_path / "deep" / f"a{suffix}")

    said = json.loads((tmp_path / "deep" / "a.json").read_text("utf-8"))
    assert (said[0]["a"], said[0]["c"], said[0]["d"]) == ("=1+1", None, ["a", "=b"])
    assert pl.read_parquet(tmp_path / "deep" / "a.parquet")["a"].to_list() == ["=1+1", " =x"]


def test_what_a_form_cannot_hold_as_it_is_is_written_out(tmp_path: Path) -> None:
    rows = [(2**53 + 1, [1, None, "=b"])]
    answer = Answer("q", ("n", "several"), rows, False, 5, 0.1, {}, "s1")  # noqa: FBT003
    for suffix in (".csv", ".xlsx", ".parquet"):
        write_answer(answer, tmp_path / f"a{suffix}")

    assert pl.read_excel(tmp_path / "a.xlsx").row(0) == ("9007199254740993", "1||=b")
    assert pl.read_csv(tmp_path / "a.csv").row(0) == (9007199254740993, "1||=b")
    assert pl.read_parquet(tmp_path / "a.parquet").row(0) == (9007199254740993, "1||=b")


def test_an_ending_is_the_same_in_capital_letters(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        write_answer(ANSWER, tmp_path / f"a{suffix.upper()}")
        write_answer(ANSWER, tmp_path / f"b{suffix}")
    for suffix in (".csv", ".json"):
        capital, small = tmp_path / f"a{suffix.upper()}", tmp_path / f"b{suffix}"
        assert capital.read_bytes() == small.read_bytes()
    assert pl.read_parquet(tmp_path / "a.PARQUET").height == 2


def test_a_text_longer_than_a_cell_says_in_the_cell_that_it_is_cut_off(tmp_path: Path) -> None:
    whole, long = "甲" * 32_767, "=" + "甲" * 32_767
    answer = Answer("q", ("a",), [(whole,), (long,)], False, 5, 0.0, {}, None)  # noqa: FBT003
    write_answer(answer, tmp_path / "a.xlsx")
    write_answer(answer, tmp_path / "a.json")

    held = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet(0).to_polars()["a"].to_list()
    assert held[0] == whole
    assert len(held[1]) == 32_767
    assert held[1].endswith("甲……（已截断：原文 32769 字符 / cut off: 32769）")
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))[1]["a"] == long


def test_an_unknown_ending_and_a_place_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="must end in one of"):
        write_answer(ANSWER, tmp_path / "a.doc")
    (tmp_path / "file").write_text("", "utf-8")
    for suffix in (".csv", ".xlsx"):
        with pytest.raises(QueryError, match="cannot be written"):
            write_answer(ANSWER, tmp_path / "file" / f"a{suffix}")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[", "cannot be read"),
        ("title: x", "must have title and items"),
        ("items: [1]", "may only have"),
        ("items: [{name: a, colour: b}]", "may only have"),
        ("{items: [{query: a}], tittle: b}", "batch.yml: 'tittle' may only have items, title"),
        ("{items: [{query: a}], items: [{query: b}]}", "the key 'items' stands twice"),
        ("items: [{name: a, query: b, name: c}]", "the key 'name' stands twice"),
        ("items: [{name: a, cypher: b, kinds: {n: number}}]", "must be one of"),
        ("items: [{name: a, cypher: b, kinds: [n]}]", "as name: kind"),
        ("items: [{name: a, query: b, kinds: {n: integer}}]", "the card of a named query"),
        ("items: [{name: a}]", "either query or cypher"),
        ("items: [{name: a, query: b, cypher: c}]", "either query or cypher"),
        ("items: [{name: a, query: b, params: [1]}]", "as name: value"),
        ("items: [{name: a, query: b, for_each: none.csv}]", "cannot be read"),
    ],
)
def test_a_batch_that_breaks_its_form_is_named(tmp_path: Path, text: str, rule: str) -> None:
    path = tmp_path / "batch.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(QueryError, match=rule):
        read_batch(path)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ("{n: {kind: integer, min: x}}", "bounds a parameter"),
        ("{1: {kind: text}}", "names a parameter"),
        ("{n: [", "cannot be read"),
    ],
)
def test_a_card_that_would_fail_at_running_is_refused_in_one_line(
    tmp_path: Path, params: str, said: str
) -> None:
    path = _written(tmp_path, "ask", CARD.format(id="own.ask", params=params))

    with pytest.raises(QueryError, match=said) as refused:
        read_query(path)

    assert "\n" not in str(refused.value)


def test_columns_are_a_list_and_the_file_is_utf_8(tmp_path: Path) -> None:
    text = CARD.format(id="own.ask", params="{}")
    path = _written(tmp_path, "ask", text.replace("[uid]", "uid"))
    with pytest.raises(QueryError, match="list of columns"):
        read_query(path)

    path.write_bytes(text.encode("gb18030"))
    assert "utf-8" in str(load_library(tmp_path).broken["own.ask"])


@pytest.mark.parametrize(
    ("kind", "value"),
    [("integer", "9223372036854775808"), ("fraction", "nan"), ("fraction", "inf")],
)
def test_a_number_that_no_store_holds_is_refused(kind: Kind, value: str) -> None:
    with pytest.raises(QueryError, match="can hold"):
        Parameter("n", kind, "n").read(value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
@pytest.mark.parametrize("ending", SUFFIXES)
def test_a_full_disk_is_told_in_every_form(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"full{ending}"
    path.symlink_to("/dev/full")
    answer = Answer("q", ("uid",), [("x",)], False, 1, 0.0, {}, None)  # noqa: FBT003

    with pytest.raises(QueryError, match="cannot be written"):
        write_answer(answer, path)


@pytest.mark.parametrize("query", load_catalog(), ids=lambda query: query.id)
def test_a_shipped_query_speaks_of_what_is_declared_in_an_order_within_a_limit(
    query: Query,
) -> None:
    cypher = re.sub(r"//.*|'[^']*'", "", query.text)
    properties = {
        one.name
        for owner in (*SCHEMA.nodes, *SCHEMA.links)
        for one in (*owner.properties, *SCHEMA.node_common, *SCHEMA.link_common)
    }
    named = {*(one.label for one in SCHEMA.nodes), *(one.name for one in SCHEMA.links)}

    assert set(re.findall(r"[:|]([A-Za-z_]+)", cypher)) <= named
    assert set(re.findall(r"\b[a-z_]\w*\.(\w+)", cypher)) <= properties
    assert re.search(r"\nORDER BY [^\n]+\nLIMIT \$limit\s*$", cypher)


_COUNTED = re.compile(r"\b(?:count|min|max|sum|avg|collect)\(.*?\) AS (\w+)", re.DOTALL)


def _undecided(cypher: str) -> set[str]:
    """Return the columns in which two rows may differ that the ORDER BY does not tell apart.

    What is counted is taken to be told by the keys of who it is counted for.
    """
    returned = re.search(
        r"\nRETURN (?:DISTINCT )?(.*)\nORDER BY ([^\n]+)\nLIMIT", cypher, re.DOTALL
    )
    assert returned
    cells = {}
    for cell in re.split(r",\s+(?![^(]*\))", returned[1]):
        said, _, column = cell.rpartition(" AS ")
        cells[column] = said or column
    keys = {key.split()[0] for key in returned[2].split(", ")}
    assert keys <= cells.keys()
    counted = set(_COUNTED.findall(cypher))
    # A key that is of one node or link tells all that is said of it.
    known = {*keys, *counted} | {
        said.split(".")[0]
        for said in map(cells.__getitem__, keys)
        if said.endswith((".uid", ".key"))
    }
    named = re.compile(r"(?<![.$\w])[a-z]\w*(?![\w(])")
    return {
        column
        for column, said in cells.items()
        if column not in known and not set(named.findall(said)) <= known
    }


@pytest.mark.parametrize("query", load_catalog(), ids=lambda query: query.id)
def test_the_order_of_a_shipped_query_tells_any_two_of_its_rows_apart(query: Query) -> None:
    assert _undecided(query.text) == set()


def test_an_order_that_leaves_the_post_of_a_link_open_is_noticed() -> None:
    told = "\nRETURN a.uid AS uid, a.name AS name, held.post AS post, count(b) AS n\nORDER BY n, {}"

    assert _undecided(told.format("uid\nLIMIT 1")) == {"post"}
    assert _undecided(told.format("post\nLIMIT 1")) == {"uid", "name"}
    assert _undecided(told.format("uid, post\nLIMIT 1")) == set()
