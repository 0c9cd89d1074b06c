"""Parameters of the patterns: dated values with bounds and sources, and what a person asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from graph.documents import read_yaml
from graph.errors import PolicyError

PATTERNS = Path(__file__).with_name("patterns.yml")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(_Part):
    """One number of a pattern, its bounds, both inclusive, and where it comes from."""

    value: int | float
    least: int | float
    most: int | float
    source: str

    @model_validator(mode="after")
    def _within(self) -> "Parameter":
        if not self.least <= self.value <= self.most:
            message = f"{self.value} is outside {self.least} to {self.most}"
            raise ValueError(message)
        return self


class PatternPolicy(_Part):
    """One pattern's version, maturity and parameters."""

    version: int
    maturity: Literal["trial", "mature"]
    parameters: dict[str, Parameter]


class PatternsPolicy(_Part):
    """All patterns, in the order in which they are shown; `dated` is the day of these values."""

    dated: date
    patterns: dict[str, PatternPolicy]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern as it is run once: its code, version, maturity and the values in force."""

    code: str
    version: int
    maturity: str
    values: Mapping[str, int | float]

    def whole(self, name: str) -> int:
        """Return a parameter that counts something."""
        return int(self.values[name])

    def real(self, name: str) -> float:
        """Return a parameter that is a fraction or a factor."""
        return float(self.values[name])


@cache
def patterns_policy(path: Path = PATTERNS) -> PatternsPolicy:
    """Return the parameters of all patterns; PolicyError naming file, key and rule."""
    try:
        return PatternsPolicy.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise PolicyError(path.name, str(path), f"cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise PolicyError(f"{path.name}: {key}", str(first.get("input")), first["msg"]) from error


def rule_of(code: str, asked: Mapping[str, str] | None = None) -> Rule:
    """Return a pattern's rule, with the values that a person asked for in place of the usual.

    Raises:
        PolicyError: no such pattern or parameter, no number, or outside its bounds.
    """
    known = patterns_policy().patterns
    if code not in known:
        raise PolicyError("pattern", code, f"is unknown; known: {', '.join(known)}")
    pattern = known[code]
    values = {name: item.value for name, item in pattern.parameters.items()}
    for name, text in (asked or {}).items():
        if name not in values:
            listed = ", ".join(values) or "none"
            raise PolicyError(f"parameter of {code}", name, f"is unknown; known: {listed}")
        values[name] = _read(f"{code}.{name}", text, pattern.parameters[name])
    return Rule(code, pattern.version, pattern.maturity, values)


def _read(thing: str, text: str, parameter: Parameter) -> int | float:
    whole = isinstance(parameter.value, int)
    try:
        value = int(text) if whole else float(text)
    except ValueError as error:
        kind = "a whole number" if whole else "a number"
        raise PolicyError(thing, text, f"must be {kind}") from error
    # Written so that NaN, which compares with nothing, is outside.
    if not parameter.least <= value <= parameter.most:
        raise PolicyError(thing, text, f"must be {parameter.least} to {parameter.most}")
    return value
