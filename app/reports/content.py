"""What a report says, as plain values: sections, numbered sentences, tables, evidence."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from app.reports.words import heads, word
from app.texts.read import text
from graph.schema.codes import KINDS

# An explanation says how the report was made, nothing about a party.
METHOD = "method"

# Nobody reads more rows of one table on paper: some ten pages.
MOST_ROWS = 300


def kind_said(kind: str) -> str:
    """Return what a kind of statement is called."""
    return text("paper.method") if kind == METHOD else word(KINDS[kind])


@dataclass(frozen=True, slots=True)
class Sentence:
    """One numbered statement; `kind` is a key of KINDS or METHOD, `evidence` where it stands.

    `resource` names the departments' tables behind it, where there are any.
    """

    number: str
    text: str
    kind: str
    evidence: str
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; `style` names a class of the style sheet."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    style: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its topic, what stands below it, and the Graphviz text that draws it."""

    topic: str
    caption: str
    dot: str


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a report."""

    title: str
    sentences: tuple[Sentence, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a report is about; a report about no party has no uid."""

    uid: str
    name: str


@dataclass(frozen=True, slots=True)
class Annex:
    """A file that goes with a report, known by its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Content:
    """A whole report without its number and time: the same request has the same content.

    The first section is the cover, the last the table of evidence.
    """

    kind: str
    title: str
    subject: Subject
    purpose: str
    as_of: str
    snapshot: str
    policy: str
    sections: tuple[Section, ...]
    annexes: tuple[Annex, ...] = ()
    language: str = "zh"

    def canonical(self) -> str:
        """Return the content as canonical JSON."""
        return canonical(asdict(self))

    def hash(self) -> str:
        """Return the SHA-256 of the canonical JSON, 64 hex digits."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def canonical(value: object) -> str:
    """Return a value as JSON in the one form that is hashed: sorted keys, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass
class Numbering:
    """Numbers sentences through the sections and keeps what each rests on."""

    section: int = 0
    said: list[Sentence] = field(default_factory=list)
    _here: int = 0

    def begin(self) -> None:
        """Begin the next section."""
        self.section += 1
        self._here = 0

    def say(self, text: str, kind: str, evidence: str, resource: str = "") -> Sentence:
        """Return the next numbered sentence."""
        self._here += 1
        number = f"{self.section}.{self._here}"
        sentence = Sentence(number, text, kind, evidence, resource)
        self.said.append(sentence)
        return sentence


def table(caption: str, rows: Sequence[Mapping[str, str]], style: str = "") -> tuple[Table, ...]:
    """Return a table of rows with the same keys, or none where there are no rows.

    Of very many rows the first are printed, and the caption says how many there are.
    """
    if not rows:
        return ()
    cells = tuple(tuple(row[head] for head in rows[0]) for row in rows[:MOST_ROWS])
    if len(rows) > MOST_ROWS:
        caption = text("paper.rows_cut", caption=caption, rows=f"{len(rows):,}", most=MOST_ROWS)
    return (Table(caption, heads(*rows[0]), cells, style),)
