"""Rules by which somebody counts as owner: dated sets with their sources, read and checked."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from graph.documents import read_yaml
from graph.errors import PolicyError
from graph.schema.words import Text

FOLDER = Path(__file__).with_name("owners")
# What a set is asked for where nobody names one.
DEFAULT = "beneficial_2024"

Threshold = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Part):
    """A title in both languages."""

    zh: str
    en: str

    @property
    def text(self) -> Text:
        """Return it as the texts of the schema are."""
        return Text(self.zh, self.en)


class Named(_Part):
    """A rule by its code and title."""

    code: Code
    title: Words


class OwnerTest(Named):
    """One test of a party: a measure 0..1 against a threshold, inclusive or not; control has none.

    `direct` is the recorded share, `integrated` the part in all, `votes` those of the party and all
    that it controls, `control` more than half of them, alone or with who acts in concert.
    """

    measure: Literal["direct", "integrated", "votes", "control"]
    at_least: Threshold | None = None
    over: Threshold | None = None

    @model_validator(mode="after")
    def _one_threshold(self) -> "OwnerTest":
        given = (self.at_least is not None) + (self.over is not None)
        if given != (self.measure != "control"):
            message = f"tests.{self.code}: must have one of at_least and over, control none"
            raise ValueError(message)
        return self

    def met(self, value: float) -> bool:
        """Return whether a measured value meets the threshold.

        >>> owner_rules()["beneficial_2024"].tests[0].met(0.25)
        True
        """
        if self.at_least is not None:
            return value >= self.at_least
        return value > (self.over or 0.0)


class OwnerRules(_Part):
    """One set of rules, in force from a day on; who is asked: persons or parties of every kind."""

    name: Code
    title: Words
    source: str
    effective_from: date
    repealed_on: date | None = None
    who: Literal["person", "party"]
    tests: Annotated[tuple[OwnerTest, ...], Field(min_length=1)]
    otherwise: Named | None = None
    state: Named | None = None

    def in_force(self, on: date) -> bool:
        """Return whether the rules apply on a day.

        >>> owner_rules()["beneficial_2024"].in_force(date(2024, 10, 31))
        False
        """
        return self.effective_from <= on and (self.repealed_on is None or on < self.repealed_on)


def read_owner_rules(path: Path) -> OwnerRules:
    """Return one set; PolicyError naming file, key and rule."""
    try:
        document = read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise PolicyError(path.name, str(path), f"cannot be read: {reason}") from error
    try:
        return OwnerRules.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "document"
        raise PolicyError(f"{path.name}: {key}", first["type"], first["msg"]) from error


@cache
def owner_rules() -> dict[str, OwnerRules]:
    """Return the shipped sets by name.

    >>> sorted(owner_rules())
    ['beneficial_2024', 'majority_2024', 'related_20', 'related_5']
    """
    found = (read_owner_rules(path) for path in sorted(FOLDER.glob("*.yml")))
    return {rules.name: rules for rules in found}


def chosen(name: str) -> tuple[OwnerRules, ...]:
    """Return the set of this name, or every set for "all"; PolicyError for an unknown name."""
    known = owner_rules()
    if name == "all":
        return tuple(known.values())
    if name not in known:
        raise PolicyError("owner rules", name, f"must be one of {', '.join(known)}, all")
    return (known[name],)
