"""Reports of every kind in English: no Chinese but what was recorded; verified like the others."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from app.bootstrap import open_services
from app.desk.archive import Archive
from app.reports.issue import KINDS
from app.settings import read_settings
from graph.policy.owner_rules import DEFAULT, chosen
from loaders.tables.read import purposes
from tests.conftest import Xinmai

AS_OF = "2026-11-23"
FIRM, SISTER, PERSON = "深圳恒岭新材料有限公司", "深圳恒岭建材贸易有限公司", "许明达"
PURPOSE = "招投标"
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]+")


@pytest.fixture(scope="module")
def desk(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("english") / "workspace"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("graph", "desk.sqlite"))
    (folder / "graph").mkdir()
    return folder


@pytest.fixture(scope="module")
def recorded(desk: Path) -> list[str]:
    """Every Chinese value of the snapshot, the longest first; laws by their names, as they are."""
    snapshot = open_services(read_settings({}, desk)).loaded_snapshot()
    found = {by.source for by in chosen(DEFAULT)} | set(purposes())
    for name in ("nodes", "links", "records", "mentions", "conflicts"):
        frame = snapshot.table(name).collect()
        for column, kind in frame.schema.items():
            values = frame[column].explode() if kind == pl.List(pl.String) else frame[column]
            if values.dtype == pl.String:
                found.update(values.drop_nulls().unique())
    return sorted((one for one in found if CHINESE.search(one)), key=len, reverse=True)


def _subjects(folder: Path) -> dict[str, list[object]]:
    listed = folder / "bidders.csv"
    listed.write_text(f"投标人\n{FIRM}\n{SISTER}\n", "utf-8")
    return {
        "related": [FIRM],
        "group": [FIRM],
        "person": [PERSON],
        "bidders": ["--list", listed],
        "monthly": [],
    }


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for held in value.values():
            yield from _words(held)
    elif isinstance(value, list):
        for held in value:
            yield from _words(held)


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_in_english_holds_no_chinese_but_what_was_recorded(
    xinmai: Xinmai, desk: Path, tmp_path: Path, recorded: list[str], kind: str
) -> None:
    ran = xinmai(
        "report", *_subjects(tmp_path)[kind], "--kind", kind, "--purpose", PURPOSE, "--as-of",
        AS_OF, "--language", "en", "--format", "json", "--out", tmp_path, "--json", workspace=desk,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    path = Path(json.loads(ran.out)["files"][0])
    content = json.loads(path.read_text("utf-8"))

    words = "\n".join(dict.fromkeys(_words(content)))
    # In a picture a name is broken into lines. What is told on the way names parties too.
    words = words.replace("\\n", "") + "\n" + ran.err
    for value in recorded:
        words = words.replace(value, "")
    # What a code of a district stands for is the name of a place.
    words = re.sub(r"[\u4e00-\u9fff]+ \(\d{6}\)", "", words)

    assert [line for line in words.splitlines() if CHINESE.search(line)] == []
    assert content["language"] == "en"
    assert xinmai("report", "verify", path, workspace=desk).code == 0


def test_the_language_is_part_of_the_request_and_of_what_is_hashed(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    asked = ("report", FIRM, "--kind", "group", "--purpose", PURPOSE, "--as-of", AS_OF)
    made: dict[str, list[dict[str, str]]] = {}
    for language in ("zh", "en", "en"):
        ran = xinmai(
            *asked, "--language", language, "--format", "json", "--out", tmp_path, "--json",
            workspace=desk,
        )  # fmt: skip
        made.setdefault(language, []).append(json.loads(ran.out))

    [chinese], [one, other] = made["zh"], made["en"]
    assert one == other
    assert chinese["number"] != one["number"]
    assert chinese["content_hash"] != one["content_hash"]
    archive = Archive(f"sqlite:///{desk / 'desk.sqlite'}")
    found = archive.find(one["number"])
    archive.close()
    assert found is not None
    assert found.request is not None
    assert found.request.language == "en"


def test_a_language_that_is_not_there_is_refused_in_one_line(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    ran = xinmai(
        "report", FIRM, "--purpose", PURPOSE, "--language", "fr", "--out", tmp_path / "out",
        workspace=desk,
    )  # fmt: skip

    assert ran.code == 2
    assert len(ran.err.strip().splitlines()) == 1
    assert "--language" in ran.err
    assert not (tmp_path / "out").exists()


def test_a_list_in_english_has_an_english_index(xinmai: Xinmai, desk: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(f"企业名称\n{FIRM}\n没有这家公司\n", "utf-8")

    ran = xinmai(
        "report", "--list", listed, "--kind", "group", "--purpose", PURPOSE, "--as-of", AS_OF,
        "--language", "en", "--format", "json", "--out", tmp_path / "out", workspace=desk,
    )  # fmt: skip
    page = (tmp_path / "out" / "index.html").read_text("utf-8")

    assert ran.code == 1
    assert "2 rows: issued 1, failed 0, not issued 1" in page
    assert "[2/2]" in ran.err
    left = page.replace(FIRM, "").replace("没有这家公司", "")
    assert set(CHINESE.findall(left)) <= {"微软雅黑"}
