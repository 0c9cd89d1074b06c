"""A policy: every number by which exposure is computed, read from a file and checked."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from graph.documents import read_shipped, read_yaml
from graph.errors import PolicyError
from graph.schema.codes import POSTS

DEFAULT = Path(__file__).with_name("default.yml")
_VERSION_DIGITS = 8

Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Days = Annotated[int, Field(ge=0)]
Hops = Annotated[int, Field(ge=1, le=8)]

# Types of link that may have a factor of the policy; the last one is derived, not in the schema.
LinkName = Literal[
    "HOLDS_SHARES",
    "REPRESENTS",
    "CONTROLS",
    "BRANCH_OF",
    "GUARANTEES",
    "SERVES",
    "PRACTISES_AT",
    "POSSIBLY_SAME",
    "RELATED",
    "SIGNS_FOR",
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ways(_Part):
    """Factors 0..1 along a link (source to target) and against it; `hub`: degrees dampen it."""

    along: Fraction
    against: Fraction
    hub: bool = False


class PenaltyStrengths(_Part):
    """Strength 0..1 of a penalty by severity; `unknown` where the source gives none."""

    serious: Fraction
    heavier: Fraction
    general: Fraction
    minor: Fraction
    unknown: Fraction


class Strengths(_Part):
    """Strength 0..1 of one active record by class."""

    court_defaulter: Fraction
    serious_list: Fraction
    penalty: PenaltyStrengths
    abnormal_operation: Fraction

    def of(self, record_class: str, severity: str | None) -> float:
        """Return the strength 0..1 of an active record; 0 for a class that carries none.

        >>> load_policy().strengths.of("penalty", "serious")
        0.7
        """
        if record_class == "penalty":
            value: float = getattr(self.penalty, severity or "unknown", self.penalty.unknown)
            return value
        single: float = getattr(self, record_class, 0.0)
        return single


class Publication(_Part):
    """How strength ends with lawful publication; `fade` holds days (least, most) by severity."""

    rule: Literal["step", "fade"]
    fade: dict[Literal["serious", "heavier", "general", "minor"], tuple[Days, Days]]

    @model_validator(mode="after")
    def _ordered(self) -> "Publication":
        for severity, (least, most) in self.fade.items():
            if least >= most:
                message = f"fade.{severity}: the minimum must be below the maximum"
                raise ValueError(message)
        return self

    def weight(self, severity: str | None, days: int) -> float:
        """Return tau 0..1 of an active record `days` after its decision.

        >>> policy = load_policy().publication.model_copy(update={"rule": "fade"})
        >>> round(policy.weight("serious", 539), 6), policy.weight("serious", 1095)
        (0.761644, 0.0)
        """
        terms = self.fade.get(severity) if severity else None  # type: ignore[call-overload]
        if self.rule == "step" or terms is None:
            return 1.0
        least, most = terms
        return float(min(1.0, max(0.0, (most - days) / (most - least))))


class Shares(_Part):
    """Which holdings conduct: from `least` on, share times `slope`, at most 1."""

    least: Fraction
    slope: Positive


class Hubs(_Part):
    """From 2 ** free_bits counterparties on, a hub dampens what passes it."""

    free_bits: Annotated[int, Field(ge=0, le=31)]


class Age(_Part):
    """Years after which an ended link counts half, and after which it counts nothing."""

    half_life: Positive
    years: Positive


class HopBounds(_Part):
    """How many links upstream one party and the whole graph are looked at."""

    profile: Hops
    scan: Hops


class Bound(_Part):
    """From which cap, and floor, on a level holds."""

    cap: Fraction
    floor: Fraction = 0.0


class Levels(_Part):
    """Levels from the highest down; none of them: "none"."""

    high: Bound
    medium: Bound
    low: Bound

    def of(self, cap: float, floor: float) -> str:
        """Return the level, a code of LEVELS, for a cap and floor 0..1.

        >>> load_policy().levels.of(.6, .1)
        'medium'
        """
        for name in ("high", "medium", "low"):
            bound: Bound = getattr(self, name)
            if cap >= bound.cap and floor >= bound.floor:
                return name
        return "none"


class Policy(_Part):
    """Every number of the method; see default.yml. `version` names it in each answer."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    source: str
    strengths: Strengths
    strength_cap: Annotated[float, Field(gt=0, le=0.99)]
    publication: Publication
    links: dict[LinkName, Ways]
    posts: dict[str, Ways]
    cited_service: Fraction
    factor_cap: Annotated[float, Field(gt=0, le=0.95)]
    shares: Shares
    hubs: Hubs
    age: Age
    hops: HopBounds
    levels: Levels
    spectral_limit: Annotated[float, Field(gt=0, lt=1)]
    max_walks: Annotated[int, Field(ge=1_000, le=20_000_000)]
    # By what every factor is multiplied, those given with links included; 1 but for a scan that
    # would be refused otherwise.
    scale: Annotated[float, Field(gt=0, le=1)] = 1.0

    @model_validator(mode="after")
    def _posts_known(self) -> "Policy":
        for post in self.posts:
            if post not in POSTS:
                message = f"posts.{post}: is not a post of the schema"
                raise ValueError(message)
        return self

    @property
    def digest(self) -> str:
        """Return the hash of all values but `scale`, 64 hex digits."""
        text = json.dumps(self.model_dump(exclude={"scale"}), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def version(self) -> str:
        """Return name and the first eight hex digits of the hash of all values, and the scale.

        >>> load_policy().version.split("-")[0]
        'default'
        >>> load_policy().model_copy(update={"scale": 0.31}).version[-7:]
        ' × 0.31'
        """
        named = f"{self.name}-{self.digest[:_VERSION_DIGITS]}"
        return named if self.scale == 1 else f"{named} × {self.scale:g}"


def with_leads(policy: Policy) -> Policy:
    """Return the policy as if parties that are only possibly the same were one and the same.

    Their factor is the cap of all factors. Never the usual: an inspector asks for it.

    >>> with_leads(load_policy()).links["POSSIBLY_SAME"].along
    0.95
    """
    both = Ways(along=policy.factor_cap, against=policy.factor_cap)
    return policy.model_copy(update={"links": {**policy.links, "POSSIBLY_SAME": both}})


def load_policy(path: Path | None = None) -> Policy:
    """Return the policy of `path`, or the default; PolicyError naming file, key and rule.

    The version follows from the values, not from comments or the order of keys.
    """
    file = path or DEFAULT
    try:
        document = (
            read_shipped(file) if path is None else read_yaml(file.read_text(encoding="utf-8"))
        )
    except OSError as error:
        raise PolicyError(file.name, str(path), "cannot be read") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyError(file.name, str(error), "is no YAML text") from error
    try:
        return Policy.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "document"
        # A key that is missing has no value: pydantic gives what surrounds it.
        value = None if first["type"] == "missing" else first.get("input")
        shown = value if isinstance(value, str | int | float | None) else type(value).__name__
        raise PolicyError(f"{file.name}: {key}", shown, first["msg"]) from error
