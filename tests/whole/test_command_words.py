"""What a terminal may do to a command: a reader that leaves, bytes that are no text, odd files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.settings import read_settings
from graph.store.running import stop_engine
from tests.conftest import Xinmai

CALL = (sys.executable, "-c", "from app.cli import main; main()")
QUERY = """// ---
// id: own.ask
// title: {zh: 问, en: Ask}
// purpose: "What is asked."
// questions: []
// params: {n: {kind: integer, default: 1}}
// columns: [a]
// ---
RETURN $n AS a LIMIT 1
"""


def test_a_reader_that_went_away_is_no_finding(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = ("--workspace", str(tmp_path / "w"), "query", "list", "--json")
    done = subprocess.run(
        [*CALL, *words], check=False, stdout=writing, stderr=subprocess.PIPE, text=True
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (0, "")


def test_words_that_are_no_utf_8_are_refused_in_one_line(demo: Path) -> None:
    words = (b"--workspace", os.fsencode(demo), b"search", b"\xff")
    done = subprocess.run([*CALL, *words], check=False, capture_output=True, text=True)

    assert done.returncode == 2
    assert "UTF-8" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_certificate_nested_without_end_is_refused_and_a_mark_before_it_is_none(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000 + "]" * 100_000, "utf-8")
    ran = xinmai("verify", path)
    assert ran.code == 2
    assert "deep.json" in ran.err

    path.write_text(json.dumps({"method": "OWN 1", "systems": []}), "utf-8-sig")
    # It is read, and refused for what it says.
    assert "'notice' must be given" in xinmai("verify", path).err


def test_a_parameter_given_twice_and_a_format_unknown_are_refused_before_asking(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    house, batch = tmp_path / "w", tmp_path / "b.yml"
    own = house / "queries" / "own"
    assert xinmai("init", workspace=house).code == 0
    own.mkdir(parents=True)
    (own / "ask.cypher").write_text(QUERY, "utf-8")
    batch.write_text("items:\n- query: own.ask\n", "utf-8")

    twice = xinmai("query", "run", "own.ask", "-p", "n=1", "-p", "n=2", workspace=house)
    assert (twice.code, "second time" in twice.err) == (2, True)
    out = tmp_path / "out"
    asked = xinmai("query", "batch", batch, "--out", out, "--format", "cvs", workspace=house)
    assert (asked.code, "'cvs'" in asked.err, out.exists()) == (2, True, False)


def test_a_broken_query_of_the_site_stops_no_other(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    own, batch = demo / "queries" / "own", tmp_path / "b.yml"
    own.mkdir(parents=True, exist_ok=True)
    (own / "ask.cypher").write_text(QUERY, "utf-8")
    (own / "bad.cypher").write_text(QUERY.replace("own.ask", "own.bad") + ";SET", "utf-8")
    batch.write_text("items:\n- query: own.bad\n- query: own.ask\n", "utf-8")
    try:
        listed = xinmai("query", "list", workspace=demo)
        ran = xinmai("query", "run", "own.ask", workspace=demo)
        broken = xinmai("query", "run", "own.bad", workspace=demo)
        both = xinmai("query", "batch", batch, "--out", tmp_path / "o", workspace=demo)
        pack = xinmai("query", "export", tmp_path / "p.zip", workspace=demo)
        seen = xinmai("doctor", "--json", workspace=demo)
    finally:
        (own / "ask.cypher").unlink()
        (own / "bad.cypher").unlink()

    said = "own/bad.cypher line 10: ';' must be a single statement"
    assert (listed.code, listed.err) == (1, f"xinmai: {said}\n")
    assert "own.ask\t问\tAsk" in listed.out
    assert (ran.code, ran.out) == (0, "a\n1\n")
    assert (broken.code, broken.err) == (2, f"xinmai: {said}\n")
    assert both.code == 1
    assert f"own.bad: refused {said}" in both.err
    assert "完成 1，失败 1" in both.err
    assert (pack.code, said in pack.err) == (1, True)
    [part] = [one for one in json.loads(seen.out) if one["part"] == "queries"]
    assert (part["works"], said in part["seen"]) == (False, True)


def test_nothing_found_says_what_was_asked_of_whom_and_on_which_snapshot(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    snapshot = (demo / "current").read_text("utf-8").strip()
    nobody = xinmai("query", "run", "ownership.holders", "-p", "uid=nobody", workspace=demo)

    assert nobody.code == 0, "as every command that finds nothing"
    assert f"主体：nobody 不在快照 {snapshot} 中" in nobody.err
    assert "未发现符合条件的行：已查询“股东”（ownership.holders），uid=nobody" in nobody.err
    assert f"图库快照 {snapshot}" in nobody.err
    batch = tmp_path / "b.yml"
    batch.write_text("items:\n- {query: ownership.holders, params: {uid: nobody}}\n", "utf-8")
    many = xinmai("query", "batch", batch, "--out", tmp_path / "o", workspace=demo)
    assert many.code == 0
    number = xinmai("show", "110105194912310021", workspace=demo)
    assert (number.code, "'110105********0021'" in number.err) == (2, True)
    assert "110105194912310021" not in xinmai("search", "110105194912310021", workspace=demo).err
    assert f"empty party: 'nobody' is not in snapshot {snapshot}" in many.err


def test_a_uid_that_was_merged_into_another_is_asked_about_under_that_of_today(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    snapshot = open_services(read_settings({}, demo)).loaded_snapshot()
    merged = (uid.decode() for uid in snapshot.arrays["alias_uid"].tolist())
    pairs = ((uid, snapshot.uid_at(int(snapshot.find(uid) or 0))) for uid in merged)
    [old, now] = next(pair for pair in pairs if snapshot.node(pair[1]).label == "Enterprise")
    asked = ("query", "run", "trace.relations", "-p")
    today = xinmai(*asked, f"uid={now}", workspace=demo)
    batch = tmp_path / "b.yml"
    batch.write_text(f"items:\n- {{query: trace.relations, params: {{uid: {old}}}}}\n", "utf-8")

    before = xinmai(*asked, f"uid={old}", workspace=demo)
    many = xinmai("query", "batch", batch, "--out", tmp_path / "o", workspace=demo)

    rows = len(today.out.splitlines()) - 1
    assert rows > 0
    assert before.out == today.out
    assert f"[1/1] trace.relations: ok {rows}" in many.err


def test_a_workspace_without_data_or_an_empty_store_is_no_answer(
    xinmai: Xinmai, tmp_path: Path, world: Path
) -> None:
    house = tmp_path / "w"
    xinmai("init", workspace=house)
    empty = xinmai("query", "run", "quality.isolated", workspace=house)
    assert (empty.code, "holds nothing yet" in empty.err) == (2, True)
    one = next((world / "files").glob("*股东*"))
    assert xinmai("load", one, "--no-publish", workspace=house).code < 2
    ran = xinmai("query", "run", "quality.isolated", workspace=house)
    stop_engine(house / "graph")
    assert (ran.code, "holds no whole snapshot" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("cypher", "said"),
    [("RETURN 1.0/0.0 AS a LIMIT 1", None), ("RETURN 'x\\ty\\nz' AS a LIMIT 1", "x\ty\nz")],
)
def test_json_stays_json_and_a_line_a_line(
    xinmai: Xinmai, demo: Path, cypher: str, said: str | None
) -> None:
    path = demo / "queries" / "own" / "ask.cypher"
    path.parent.mkdir(parents=True, exist_ok=True)
    card = QUERY.replace("{n: {kind: integer, default: 1}}", "{}")
    path.write_text(card.replace("RETURN $n AS a LIMIT 1", cypher), "utf-8")
    try:
        found = xinmai("query", "run", "own.ask", "--json", workspace=demo)
        lines = xinmai("query", "run", "own.ask", workspace=demo).out.splitlines()
    finally:
        path.unlink()

    assert "Infinity" not in found.out
    assert json.loads(found.out) == [{"a": said}]
    assert len(lines) == 2
    assert "\t" not in lines[1]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("load", ""), "what follows load"),
        (("export", "--out", ""), "--out"),
        (("export", "--out="), "--out"),
        (("--workspace", "", "status"), "--workspace"),
        (("query", "run", "ownership.holders", "-p", ""), "-p"),
        (("known", ""), "what follows known"),
        # A reason is required: nobody is told that it may be left out.
        (("review", "decide", "a", "b", "same", "--reason", ""), "--reason"),
    ],
)
def test_an_empty_value_is_refused_by_name_and_no_folder_is_touched(
    xinmai: Xinmai,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    named: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = xinmai(*words)

    said = f"xinmai: {named}: '' is empty: say what it is; --help says what may be left out\n"
    assert (ran.code, ran.out, ran.err) == (2, "", said)
    assert list(tmp_path.iterdir()) == []


def test_a_parameter_of_a_query_may_be_empty(xinmai: Xinmai, demo: Path) -> None:
    ran = xinmai("query", "run", "ownership.holders", "-p", "uid=", workspace=demo)
    assert "is empty: say" not in ran.err


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("known", "1900-01-01"), "ON"),
        (("known", "yesterday"), "ON"),
        (("diff", "--old-known-at", "1900-01-01"), "--old-known-at"),
        (("show", "x", "--known-at", "yesterday"), "--known-at"),
    ],
)
def test_a_day_is_refused_under_the_name_that_gave_it(
    xinmai: Xinmai, demo: Path, words: tuple[str, ...], named: str
) -> None:
    ran = xinmai(*words, workspace=demo)
    assert (ran.code, ran.err.startswith(f"xinmai: {named}: ")) == (2, True)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("import", "--bods", "b.json", "--records", "r.csv"), "import: '--records, --bods' must"),
        (("import", "--ftm", "f.json", "--nodes", "n.csv"), "import: '--nodes, --ftm' must"),
        (("load", "--rebuild", "--resource", "penalty"), "--resource: 'penalty' names"),
        (("scan", "--by", "industry", "--against", "previous"), "--by: 'industry' counts"),
    ],
)
def test_an_option_that_would_be_passed_over_is_refused(
    xinmai: Xinmai, tmp_path: Path, words: tuple[str, ...], named: str
) -> None:
    ran = xinmai(*words, workspace=tmp_path / "w")

    assert (ran.code, named in ran.err) == (2, True)
    assert not (tmp_path / "w").exists()
