"""The command line where a site speaks English: nothing of what it says itself is left Chinese."""

import json
import re
import shutil
from pathlib import Path

import pytest

from app.texts.read import spoken, texts
from graph.store.running import stop_engine
from tests.conftest import Xinmai

AS_OF = ("--as-of", "2026-11-23")
FIRM, OTHER = "深圳恒岭新材料有限公司", "深圳恒岭物流有限公司"
# What stands between the places of a text that a Chinese line fills in, where it is no word that a
# name of a file or a party may be.
PIECES = {
    piece
    for key, words in texts().items()
    if key.startswith(("line.", "ownership.", "control", "beneficial.", "patterns."))
    for piece in re.split(r"\{[^}]*\}", words["zh"])
    if re.search(r"[一-鿿].*[：，；]|[一-鿿]{7,}", piece)
}


@pytest.fixture(scope="module")
def english(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("english") / "workspace"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("graph"))
    (folder / "xinmai.toml").write_text('language = "en"\n', "utf-8")
    (folder / "list.txt").write_text(f"name\n{FIRM}\n{OTHER}\n不存在有限公司\n", "utf-8")
    return folder


def lines_of(xinmai: Xinmai, folder: Path, *asked: object) -> list[str]:
    ran = xinmai(*asked, workspace=folder)
    assert ran.code in {0, 1}, ran.err
    said = [*ran.err.splitlines(), *ran.out.splitlines()]
    assert not [(piece, line) for line in said for piece in PIECES if piece in line]
    assert spoken() == "zh"
    return said


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("status",), "parties 1,"),
        (("search", "恒岭"), "short or similar name: "),
        (("show", FIRM, *AS_OF), "# Credit records ("),
        (("how", FIRM), ". same credit code: "),
        (("why", FIRM, OTHER), "Verdict: two parties: valid identifiers differ (snapshot "),
        (("owners", FIRM, *AS_OF), "directly and through others, as of 2026-11-23"),
        (("holdings", FIRM, *AS_OF), "directly and through others, as of 2026-11-23"),
        (("control", FIRM, *AS_OF), "controls (computed, more than half of the votes)"),
        (("controller", FIRM, *AS_OF), "Who ultimately controls "),
        (("beneficial", FIRM, *AS_OF), " by rule (computed)"),
        (("expose", FIRM, *AS_OF), "A lead, not a record of dishonesty"),
        (
            ("whatif", FIRM, "--add-record", "{other}:court_defaulter", *AS_OF),
            "supposed, not saved",
        ),
        (("rests", FIRM, *AS_OF), "exposure of "),
        (("path", FIRM, OTHER, *AS_OF), "\tstrength 0."),
        (("patterns", *AS_OF), "Null model: "),
        (("bidders", "{list}", *AS_OF), "3 rows, 2 parties compared in 1 pairs: "),
        (("check", "{list}", *AS_OF), "3 rows = hit 2, no hit 1"),
        (("review", "list"), "\tnot judged\t"),
        (("review", "show", FIRM, OTHER), "Verdict: "),
        (("review", "agreement"), "0 standing judgements (same 0, different 0, unsure 0)"),
        (("catalogue", "list"), "\tAdministrative penalties\tGovernment services\t"),
        (("scan", "--scaled", "--no-publish", "--by", "size", *AS_OF), "all parties: 1,"),
    ],
)
def test_a_command_answers_in_english_where_the_site_speaks_it(
    xinmai: Xinmai, english: Path, asked: tuple[str, ...], words: str
) -> None:
    found = json.loads(xinmai("search", OTHER, "--json", workspace=english).out)
    places = {"list": english / "list.txt", "other": found["candidates"][0]["uid"]}

    said = lines_of(xinmai, english, *(one.format(**places) for one in asked))

    assert any(words in line for line in said), said


def test_two_scans_are_compared_in_english(xinmai: Xinmai, english: Path) -> None:
    asked = ("scan", "--scaled", "--no-publish")
    lines_of(xinmai, english, *asked, "--as-of", "2024-06-01")

    said = lines_of(xinmai, english, *asked, "--against", "previous", *AS_OF)

    assert any(line.startswith("level None → ") for line in said)
    assert any("effect by itself +" in line for line in said)


def test_what_a_list_is_written_to_is_in_english_too(
    xinmai: Xinmai, english: Path, tmp_path: Path
) -> None:
    out = tmp_path / "checked.csv"
    lines_of(xinmai, english, "check", english / "list.txt", "--out", out, *AS_OF)

    assert out.read_text("utf-8-sig").splitlines()[0].startswith("name,result,uid,matched name,")


def test_a_load_tells_in_english_what_it_does(xinmai: Xinmai, tmp_path: Path) -> None:
    folder, path = tmp_path / "w", tmp_path / "names.csv"
    folder.mkdir()
    (folder / "xinmai.toml").write_text('language = "en"\n', "utf-8")
    path.write_text("企业名称,统一社会信用代码\n甲有限公司,91350100M000100Y43\n", "utf-8")

    first = lines_of(xinmai, folder, "load", path, "--no-publish")
    again = lines_of(xinmai, folder, "load", path, "--no-publish")
    asked = xinmai("load", "--rebuild", "--no-publish", "--json", workspace=folder)

    assert first[0].endswith(": read 1 = loaded 1 + merged 0 + rejected 0")
    assert "resolving parties" in first
    assert again[0] == "[1/1] names.csv: loaded before, nothing to do"
    # Progress beside JSON is for people: in the site's language.
    assert not re.search("[一-鿿]", asked.err)
    people = lines_of(xinmai, folder, "users", "list")
    assert people == ["everybody may do everything"]
    assert lines_of(xinmai, folder, "jobs", "list") == ["no job was begun in this workspace"]


@pytest.mark.parametrize("command", ["expose", "how", "show", "controller"])
def test_json_says_the_same_in_either_language(
    xinmai: Xinmai, demo: Path, english: Path, command: str
) -> None:
    day = () if command == "how" else AS_OF
    chinese = xinmai(command, FIRM, *day, "--json", workspace=demo).out

    assert xinmai(command, FIRM, *day, "--json", workspace=english).out == chinese


@pytest.fixture(scope="module", autouse=True)
def engine(english: Path) -> object:
    yield
    stop_engine(english / "graph")
