"""A report's words: all in app/texts in both languages, and English where English is asked for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.presenters.matrix import relation_text
from app.presenters.party import value_text
from app.reports.blocks import rows_text, stage
from app.reports.content import MOST_ROWS, kind_said, table
from app.texts.read import speaking, spoken, texts
from graph.analysis.relations import Relation
from graph.model import Record, Source
from graph.schema.words import Kind
from graph.snapshot.reader import Snapshot
from tests.factory import write_small

APP = Path(__file__).resolve().parents[4] / "app"
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
PLACES = re.compile(r"\{([^{}:!]+)[^{}]*\}")
# What lists of bidders and differences write as files of their own has its words beside it, in
# both languages; the name of a font, and one of the archive's versions, is no word of a report.
OF_THEIR_OWN = {"bidders.py", "changes.py"}
NO_WORDS = {"微软雅黑", "程序", "\u3000"}


def _constants(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in documents and isinstance(node.value, str):
            yield node.value


def test_no_word_of_a_report_stands_in_code() -> None:
    known = texts()
    found = {
        (path.name, word)
        for path in (APP / "reports").glob("*.py")
        if path.name not in OF_THEIR_OWN
        for word in _constants(path)
        if CHINESE.search(word) and word not in NO_WORDS
    }

    # Rows carry the words that their heads are looked up by.
    assert {
        one for one in found if f"column.{one[1]}" not in known and one[1] not in _KEYS
    } == set()


# Values that rows of other presenters carry and that no report prints as a head.
_KEYS = {"对方编号"}


def test_both_languages_of_a_text_have_the_same_places() -> None:
    for key, words in texts().items():
        if key.startswith("paper."):
            assert set(PLACES.findall(words["zh"])) == set(PLACES.findall(words["en"])), key
            assert not CHINESE.search(PLACES.sub("", words["en"])), key


def test_every_text_that_a_page_names_is_there() -> None:
    page = (APP / "reports" / "templates" / "report.html.j2").read_text("utf-8")

    named = set(re.findall(r'said\("([a-z_.]+)"', page))

    assert named
    assert named <= set(texts())


def test_in_english_rows_stages_kinds_and_heads_are_english() -> None:
    sources = [Source("r", "penalty", "b", "a.csv", row) for row in range(2, 9)]
    with speaking("en"):
        rows = rows_text([*sources, Source("r", "penalty", "b", "b.xlsx", 3)])
        measured = stage(Record("c", "e", "penalty", "serious", "active", positive=False))
        [shown] = table("Rows", [{"来源": str(place)} for place in range(MOST_ROWS + 1)])
        kinds = [kind_said(one) for one in ("recorded", "method")]

    assert rows == "a.csv row 2, row 3, row 4, row 5, row 6 (7 in all); b.xlsx row 3"
    assert (measured, kinds, shown.heads) == ("punishment", ["Recorded", "Note"], ("Source",))
    assert (
        shown.caption
        == f"Rows (the first {MOST_ROWS} of {MOST_ROWS + 1} rows; xinmai show lists all)"
    )
    assert spoken() == "zh"


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return write_small(tmp_path, [{"uid": "e1", "name": "甲"}])


def test_what_stands_between_two_bidders_is_set_off_by_the_signs_of_the_language(
    snapshot: Snapshot,
) -> None:
    relation = Relation("co_bidding", p=0.01)

    assert relation_text(relation, snapshot) == "共同投标多于偶然，P = 0.01"
    assert relation_text(relation, snapshot, "en") == "bid together beyond chance, P = 0.01"
    assert value_text(Kind.TEXT_LIST, ("甲", "乙"), "en") == "甲, 乙"
