"""Every rule that an error of the sources names is said in Chinese too."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from app.presenters.refusals import _rules, refusal
from graph import errors
from graph.errors import XinmaiError

ROOT = Path(__file__).resolve().parents[3]
ERRORS = set(errors.__all__)
# Nobody at a screen breaks these: declarations of the product, and rows that it sends to a store.
OF_THE_PRODUCT = ("graph/schema/", "graph/store/", "graph/identifiers/", "app/texts/")
# What a person at a command line breaks is said where it was written, in the words of its options.
OF_COMMANDS = ("app/cli/",)

# Put together from rules that stand by themselves elsewhere.
MADE_OF_OTHERS = ("7: 7", "7; 7", "is no 7 of the graph7")


def texts_of(node: ast.expr, names: dict[str, list[ast.expr]]) -> Iterator[str]:
    """Yield what an expression may say, its places filled in; nothing of what is made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        pieces = (one.value if isinstance(one, ast.Constant) else "7" for one in node.values)
        yield "".join(map(str, pieces))
    elif isinstance(node, ast.IfExp):
        yield from texts_of(node.body, names)
        yield from texts_of(node.orelse, names)
    elif isinstance(node, ast.Name):
        for one in names.get(node.id, ()):
            yield from texts_of(one, {})


def rules_of(path: Path) -> Iterator[str]:
    """Yield the rules of the errors that a module raises."""
    for made in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(made, ast.FunctionDef):
            continue
        names: dict[str, list[ast.expr]] = {}
        for one in ast.walk(made):
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
                names.setdefault(one.targets[0].id, []).append(one.value)
        for one in ast.walk(made):
            if (
                isinstance(one, ast.Call)
                and isinstance(one.func, ast.Name)
                and one.func.id in ERRORS
                and len(one.args) == 3
            ):
                yield from texts_of(one.args[2], names)


MODULES = [
    path.relative_to(ROOT).as_posix()
    for floor in ("app", "graph", "loaders", "queries")
    for path in sorted((ROOT / floor).rglob("*.py"))
    if not path.relative_to(ROOT).as_posix().startswith((*OF_THE_PRODUCT, *OF_COMMANDS))
    and any(rules_of(path))
]


@pytest.mark.parametrize("module", MODULES)
def test_every_rule_that_a_module_names_is_known_in_chinese(module: str) -> None:
    left = [
        rule
        for rule in rules_of(ROOT / module)
        if rule not in MADE_OF_OTHERS
        and refusal(XinmaiError("thing", "value", rule), "zh")
        == str(XinmaiError("thing", "value", rule))
    ]

    assert left == []


def test_no_rule_is_taken_for_another_that_stands_before_it() -> None:
    taken = {}
    for rule, words in _rules():
        # Each place stands for a word of its own.
        said = re.sub(r"\\(.)", r"\1", re.sub(r"\(\?P<(\w+)>\.\+\?\)", r"⟨\1⟩", rule))
        first = next(other for other, _ in _rules() if re.fullmatch(other, said, re.DOTALL))
        if first != rule:
            taken[said] = first
        assert set(re.findall(r"\?P<(\w+)>", rule)) >= {
            name for _, name, *_ in Formatter().parse(words) if name
        }

    assert taken == {}


def test_rules_are_looked_for_where_they_are() -> None:
    assert len(MODULES) > 60
    assert "must have 1 to 7 characters" in set(rules_of(ROOT / "app/desk/views.py"))
    assert "is no exact name or identifier: 7" not in set(rules_of(ROOT / "app/bootstrap.py"))
