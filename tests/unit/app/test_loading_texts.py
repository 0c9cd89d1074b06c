"""What loading tells of has words in both languages, whichever part of it speaks."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.options import telling
from app.settings import read_settings
from app.texts.read import text, texts
from loaders.messages import message
from loaders.outcome import FileOutcome, told_of

ROOT = Path(__file__).resolve().parents[3]
# A message is made; a counter tells of itself; a full build counts what it writes and stores.
CODES = re.compile(r'(?:message\(|_Counter\(progress, |progress\()"([a-z_]+)"')


def codes() -> Iterator[str]:
    for folder in ("loaders", "graph/store", "app"):
        for path in (ROOT / folder).rglob("*.py"):
            yield from CODES.findall(path.read_text("utf-8"))


def test_each_message_has_its_words() -> None:
    said = set(codes()) | {"judgements_vetoed", "judgements_gone"}

    assert len(said) > 20
    assert said <= {key.removeprefix("loading.") for key in texts() if key.startswith("loading.")}


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (
            FileOutcome("a/甲.csv", "penalty", "b", 3, 2, 1),
            "甲.csv：penalty：读入 3 = 写入 2 + 合并 1 + 拒收 0",
        ),
        (FileOutcome("a/甲.csv", "penalty", "b", again=True), "甲.csv：此前已装载，无需处理"),
        (
            FileOutcome("a/甲.csv", None, None, refused="甲.csv: 1 is"),
            "甲.csv：未接收：甲.csv: 1 is",
        ),
        (
            FileOutcome("甲.xlsx", "penalty", "b", 1, 1, unread=("二", "三")),
            "甲.xlsx：penalty：读入 1 = 写入 1 + 合并 0 + 拒收 0；未读的工作表：二, 三",
        ),
    ],
)
def test_a_file_is_told_with_its_number(outcome: FileOutcome, said: str) -> None:
    told = told_of(2, 7, outcome)

    assert text(f"loading.{told.code}", **told.values) == f"[2/7] {said}"


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "写入快照\n"), ("en", "writing the snapshot\n")]
)
def test_progress_is_told_in_the_language_of_the_site(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    telling(read_settings({"XINMAI_LANGUAGE": language}, tmp_path))(message("writing"))

    assert capsys.readouterr().err == said
