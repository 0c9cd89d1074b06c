"""What a report says, as plain values: sections, numbered sentences, tables, evidence."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Sentence:
    """One numbered statement; `kind` is recorded, computed or lead, `evidence` where it stands."""

    number: str
    text: str
    kind: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; `style` names a class of the style sheet."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    style: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by name and what stands below it."""

    name: str
    caption: str


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a report."""

    title: str
    lead: str = ""
    sentences: tuple[Sentence, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a report is about."""

    uid: str
    name: str


@dataclass(frozen=True, slots=True)
class Content:
    """A whole report without its number and time: the same request has the same content."""

    title: str
    subject: Subject
    purpose: str
    as_of: str
    snapshot: str
    policy: str
    cover: tuple[tuple[str, str], ...]
    notice: str
    sections: tuple[Section, ...]

    def canonical(self) -> str:
        """Return the content as canonical JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def hash(self) -> str:
        """Return the SHA-256 of the canonical JSON, 64 hex digits."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


@dataclass
class Numbering:
    """Numbers sentences through the sections and keeps what each rests on."""

    section: int = 0
    said: list[Sentence] = field(default_factory=list)

    def begin(self) -> None:
        """Begin the next section."""
        self.section += 1

    def say(self, text: str, kind: str, evidence: str) -> Sentence:
        """Return the next numbered sentence."""
        place = sum(1 for one in self.said if one.number.startswith(f"{self.section}."))
        sentence = Sentence(f"{self.section}.{place + 1}", text, kind, evidence)
        self.said.append(sentence)
        return sentence


def table(caption: str, rows: Sequence[dict[str, str]], style: str = "") -> tuple[Table, ...]:
    """Return a table of rows with the same keys, or none where there are no rows."""
    if not rows:
        return ()
    heads = tuple(rows[0])
    cells = tuple(tuple(row[head] for head in heads) for row in rows)
    return (Table(caption, heads, cells, style),)


def until(day: date) -> str:
    """Return the cut-off as it stands on the cover."""
    return f"关系与记录状态截至 {day.isoformat()}"
