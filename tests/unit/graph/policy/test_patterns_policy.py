"""Parameters of the patterns: each has bounds and a source; a file that breaks them is named."""

from pathlib import Path

import pytest

from graph.analysis.patterns.catalog import CODES
from graph.errors import PolicyError
from graph.policy.patterns import patterns_policy, rule_of


def test_every_pattern_has_a_rule_and_every_parameter_a_source() -> None:
    policy = patterns_policy()

    assert sorted(policy.patterns) == sorted(CODES)
    for pattern in policy.patterns.values():
        assert all(item.source for item in pattern.parameters.values())


def test_a_parameter_asked_for_stands_in_place_of_the_usual_one() -> None:
    rule = rule_of("circular_ownership", {"links": "2", "least_share": "0.05"})

    assert (rule.whole("links"), rule.real("least_share"), rule.whole("cycles")) == (2, 0.05, 10000)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("patterns: [", "cannot be read"),
        (
            "dated: 2026-11-25\npatterns: {a: {version: 1, maturity: old, parameters: {}}}",
            "maturity",
        ),
        (
            "dated: 2026-11-25\npatterns: {a: {version: 1, maturity: trial, parameters:"
            " {n: {value: 9, least: 1, most: 8, source: s}}}}",
            "outside 1 to 8",
        ),
    ],
)
def test_a_file_that_breaks_its_form_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "patterns.yml"
    path.write_text(text, "utf-8")

    with pytest.raises(PolicyError, match=said):
        patterns_policy(path)
