"""Every text that the app's code names by itself is there, in both languages."""

import re
from pathlib import Path

from app.texts.read import texts

APP = Path(__file__).resolve().parents[3] / "app"
NAMED = re.compile(r"""\btext\(\s*["']([a-z_]+\.[a-z_.]+)["']""")


def test_no_screen_names_a_text_that_is_not_there() -> None:
    known = texts()
    named = {
        (path.name, key)
        for path in APP.rglob("*.py")
        for key in NAMED.findall(path.read_text(encoding="utf-8"))
    }

    assert len(named) > 100
    assert {one for one in named if one[1] not in known} == set()
