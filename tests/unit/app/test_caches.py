"""What the screens keep for all sessions never depends on who asked for it first."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[3] / "app"
KEEPING = {"cache_data", "cache_resource"}
# Whoever reads these inside what is kept keeps an answer for one person.
PERSONAL = {"user", "person", "here", "who", "context", "house"}


def kept() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield every function under app/ whose answers Streamlit keeps for all sessions."""
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(map(_keeps, node.decorator_list)):
                yield f"{path.relative_to(APP)}:{node.name}", node


def _keeps(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in KEEPING


def _words(node: ast.FunctionDef) -> set[str]:
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return names | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


FOUND = dict(kept())


def test_there_is_something_to_look_at() -> None:
    assert len(FOUND) > 10
    assert "views/known.py:_then" in FOUND


@pytest.mark.parametrize("name", FOUND)
def test_nothing_kept_for_all_reads_who_asked(name: str) -> None:
    assert not PERSONAL & _words(FOUND[name])
