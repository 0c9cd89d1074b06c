"""A site's own queries are checked before they are kept, and packs before anything of them is."""

import io
import json
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from graph.errors import QueryError
from graph.schema.words import Text
from queries.catalog import load_library
from queries.packs import read_pack, take_pack, write_pack
from queries.templates import Template, keep_template
from tests.conftest import Xinmai

CYPHER = "MATCH (p:Party {uid: $uid})\nRETURN p.uid AS uid, p.name AS name\nLIMIT $limit"
ASK = Template(
    "site.ask",
    Text("本站问法", "Ours"),
    "Who it is.",
    CYPHER,
    ("uid", "name"),
    {"limit": "integer"},
)


def test_a_template_is_a_query_of_the_library_with_the_card_that_was_given(tmp_path: Path) -> None:
    kept = keep_template(ASK, tmp_path)

    found = load_library(tmp_path).one("site.ask")
    assert found == kept
    assert (found.title.zh, found.columns) == ("本站问法", ("uid", "name"))
    assert [(one.name, one.kind) for one in found.params] == [("uid", "text"), ("limit", "integer")]
    assert found.text.endswith(CYPHER + "\n")
    with pytest.raises(QueryError, match="is there already"):
        keep_template(ASK, tmp_path)
    assert keep_template(replace(ASK, purpose="Other."), tmp_path, replace=True).purpose == "Other."


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"id": "../x.y"}, "must be topic.name"),
        ({"id": "site"}, "must be topic.name"),
        ({"id": "batches.x"}, "must be topic.name"),
        ({"id": "trace.records"}, "of the product"),
        ({"columns": ()}, "must be run once"),
        ({"kinds": {"uid": "colour"}}, "must be one of text"),
        ({"cypher": "MATCH (p) SET p.x = 1 RETURN p LIMIT 1"}, "queries only read"),
        ({"cypher": "MATCH (p)-[*1..]-(q) RETURN p LIMIT 1"}, "path without an end"),
    ],
)
def test_a_template_that_breaks_a_rule_is_not_kept(
    tmp_path: Path, change: dict[str, object], rule: str
) -> None:
    with pytest.raises(QueryError, match=rule):
        keep_template(replace(ASK, **change), tmp_path)  # type: ignore[arg-type]

    assert not list(tmp_path.iterdir())


def _pack(files: dict[str, str], index: object = None) -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as pack:
        if index is not None:
            pack.writestr("pack.json", json.dumps(index))
        for name, text in files.items():
            pack.writestr(name, text)
    return content


def test_a_pack_is_the_same_bytes_and_comes_back_as_it_went(tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    query = keep_template(ASK, ours)
    write_pack([query], tmp_path / "a.zip")
    write_pack([query], tmp_path / "b.zip")

    taken = take_pack(tmp_path / "a.zip", tmp_path / "theirs")

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert taken == [query]
    assert load_library(tmp_path / "theirs") == load_library(ours)
    # The same again is no conflict; another of this id is.
    take_pack(tmp_path / "a.zip", tmp_path / "theirs")
    keep_template(replace(ASK, purpose="Other."), tmp_path / "theirs", replace=True)
    with pytest.raises(QueryError, match="says something else"):
        take_pack(tmp_path / "a.zip", tmp_path / "theirs")
    assert take_pack(tmp_path / "a.zip", tmp_path / "theirs", replace=True) == [query]
    with pytest.raises(QueryError, match="must hold a query"):
        write_pack([], tmp_path / "c.zip")


def test_a_query_in_a_pack_that_writes_is_refused_by_file_line_and_rule(tmp_path: Path) -> None:
    good = keep_template(ASK, tmp_path / "ours")
    bad = replace(good, id="site.bad", text=good.text.replace("site.ask", "site.bad"))
    bad = replace(bad, text=bad.text.replace("RETURN p.uid", "SET p.x = 1\nRETURN p.uid"))
    content = io.BytesIO()
    write_pack([good, bad], content)
    line = bad.text.splitlines().index("SET p.x = 1") + 1

    with pytest.raises(QueryError, match=f"bad.cypher line {line}: 'SET' is not allowed"):
        take_pack(content, tmp_path / "theirs")

    assert not (tmp_path / "theirs").exists()


@pytest.mark.parametrize(
    ("files", "index", "rule"),
    [
        ({"a/b.cypher": "x"}, None, "is missing"),
        ({"a/b.cypher": "x"}, {"form": 2, "queries": []}, "another form"),
        ({"a/b.cypher": "x"}, {"form": 1}, "breaks its form"),
        ({"a/b.cypher": "x"}, {"form": 1, "queries": []}, "not named by the index"),
        ({}, {"form": 1, "queries": [{"file": "a/b.cypher", "sha256": ""}]}, "named and missing"),
        (
            {"a/b.cypher": "x"},
            {"form": 1, "queries": [{"file": "a/b.cypher", "sha256": "0"}]},
            "not the file",
        ),
        ({"a/b.cypher": "x" * 70_000}, {"form": 1, "queries": []}, "more than 65536"),
    ],
)
def test_what_is_no_pack_is_named(files: dict[str, str], index: object, rule: str) -> None:
    with pytest.raises(QueryError, match=rule):
        read_pack(_pack(files, index))


def test_an_index_nested_without_end_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as pack:
        pack.writestr("pack.json", "[" * 60_000)

    with pytest.raises(QueryError, match="breaks its form"):
        read_pack(content)


def test_a_file_out_of_its_place_and_no_zip_at_all_are_refused(tmp_path: Path) -> None:
    text = keep_template(ASK, tmp_path).text
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as pack:
        listed = [{"file": "../../x.cypher", "sha256": sha256(text.encode()).hexdigest()}]
        pack.writestr("pack.json", json.dumps({"form": 1, "queries": listed}))
        pack.writestr("../../x.cypher", text)
    with pytest.raises(QueryError, match=r"must be topic\.name"):
        read_pack(content)
    with pytest.raises(QueryError, match="cannot be read"):
        read_pack(io.BytesIO(b"none"))


def test_the_command_line_exports_a_site_s_own_and_imports_them_elsewhere(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    here, there, pack = tmp_path / "here", tmp_path / "there", tmp_path / "p.zip"
    xinmai("init", workspace=here)
    keep_template(ASK, here / "queries")

    exported = xinmai("query", "export", pack, workspace=here)
    imported = xinmai("query", "import", pack, workspace=there)

    assert (exported.code, imported.code) == (0, 0)
    assert imported.out == "site.ask\t本站问法\tOurs\n"
    assert "本站问法" in xinmai("query", "list", workspace=there).out
    refused = xinmai("query", "export", pack, "no.such", workspace=here)
    assert (refused.code, "is not in the library" in refused.err) == (2, True)
