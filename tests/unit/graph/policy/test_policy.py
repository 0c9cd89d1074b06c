"""The policy file: every number of the method, and what a wrong file is told."""

from pathlib import Path

import pytest

from graph.errors import PolicyError
from graph.policy.read import DEFAULT, load_policy


def test_the_default_holds_the_numbers_of_the_method() -> None:
    policy = load_policy()
    strengths = policy.strengths
    assert [
        strengths.of("court_defaulter", None),
        strengths.of("serious_list", None),
        strengths.of("penalty", "serious"),
        strengths.of("penalty", "heavier"),
        strengths.of("penalty", "general"),
        strengths.of("penalty", "minor"),
        strengths.of("abnormal_operation", None),
        strengths.of("honour", None),
    ] == [0.9, 0.9, 0.7, 0.5, 0.35, 0, 0.2, 0]
    assert strengths.of("penalty", None) == 0.35
    assert (policy.hops.profile, policy.hops.scan) == (4, 3)
    assert (policy.strength_cap, policy.factor_cap, policy.spectral_limit) == (0.99, 0.95, 0.7)
    assert policy.publication.rule == "step"
    assert policy.publication.weight("serious", 5000) == 1


@pytest.mark.parametrize(
    ("cap", "floor", "level"),
    [
        (0.5, 0.2, "high"),
        (0.9, 0.19, "medium"),
        (0.2, 0, "medium"),
        (0.19, 0.19, "low"),
        (0.05, 0, "low"),
        (0.04, 0, "none"),
    ],
)
def test_levels(cap: float, floor: float, level: str) -> None:
    assert load_policy().levels.of(cap, floor) == level


@pytest.mark.parametrize(
    ("severity", "days", "weight"),
    [("serious", 365, 1), ("serious", 539, 0.761644), ("serious", 1095, 0), ("minor", 9000, 1)],
)
def test_fade_falls_from_the_minimum_to_the_maximum_term(
    severity: str, days: int, weight: float
) -> None:
    fade = load_policy().publication.model_copy(update={"rule": "fade"})
    assert round(fade.weight(severity, days), 6) == weight
    assert fade.weight(None, days) == 1


def written(folder: Path, old: str, new: str) -> Path:
    text = DEFAULT.read_text(encoding="utf-8")
    assert old in text
    path = folder / "site.yml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_the_version_follows_the_values_alone(tmp_path: Path) -> None:
    default = load_policy().version
    assert default.startswith("default-")
    assert len(default) == len("default-") + 8
    assert load_policy(written(tmp_path, "# A site", "# Our site")).version == default
    assert (
        load_policy(
            written(tmp_path, "along: .60, against: .80", "against: .80, along: .60")
        ).version
        == default
    )
    changed = load_policy(written(tmp_path, "cited_service: .60", "cited_service: .61"))
    assert changed.version != default


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("factor_cap: .95", "factor_cap: 1.5", "factor_cap"),
        ("cited_service: .60", "cited: .60", "cited"),
        ("  REPRESENTS:", "  KNOWS:", "links.KNOWS"),
        ("  chairman:", "  king:", "king"),
        ("serious: [365, 1095]", "serious: [1095, 365]", "publication"),
        ("max_walks: 2000000", "max_walks: many", "max_walks"),
        ("name: default", "name: Not A Name", "name"),
        ("name: default", "name: [", "site.yml"),
        ("spectral_limit: .7", "spectral_limit: .nan", "spectral_limit"),
    ],
)
def test_a_wrong_file_is_named_with_key_and_rule(
    tmp_path: Path, old: str, new: str, key: str
) -> None:
    with pytest.raises(PolicyError, match=r"site\.yml") as caught:
        load_policy(written(tmp_path, old, new))
    assert key in str(caught.value)


def test_a_file_that_is_no_mapping_or_not_there_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.yml"
    empty.write_text("", encoding="utf-8")
    for path in (empty, tmp_path / "none.yml"):
        with pytest.raises(PolicyError, match=path.name):
            load_policy(path)
