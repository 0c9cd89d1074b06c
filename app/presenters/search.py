"""Candidates of a search as JSON; what was searched always stands with them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.presenters import figures
from app.presenters.chain import link_words
from app.texts.read import spoken, text, texts
from graph.analysis.search import Candidate, ambiguous
from graph.identifiers import region
from graph.identifiers.identity_card import masked
from graph.model import Link
from graph.schema.catalog import SCHEMA
from graph.schema.words import Text


class Wrong(Protocol):
    """A text in the form of a code whose check character is wrong."""

    @property
    def standard(self) -> str:
        """Return the standard that it breaks."""

    @property
    def code(self) -> str:
        """Return the code as it was given."""

    @property
    def meant(self) -> str | None:
        """Return the code that may be meant."""


def wrong_text(wrong: Wrong) -> str:
    """Return what is wrong with a code, and which may be meant."""
    meant = text("search.meant", meant=wrong.meant) if wrong.meant else ""
    return text("search.wrong", text=masked(wrong.code), standard=wrong.standard) + meant


def search_to_json(
    shown: str, field: str, found: Sequence["Anchored"], snapshot: str
) -> dict[str, object]:
    """Return the answer as the command line gives it; `shown` is the text, numbers masked."""
    candidates = [one.candidate for one in found]
    return {
        "text": shown,
        "field": field,
        "ambiguous": ambiguous(candidates),
        "searched": text(f"search.looked_{field}", snapshot=snapshot),
        "candidates": [one.to_json() for one in candidates],
    }


def search_line(place: int, one: "Anchored") -> str:
    """Return a candidate as a line: place, name, kind, uid, why it answers, how well, who it is."""
    found = one.candidate
    language = spoken()
    kind = SCHEMA.node(found.label).title.to(language)
    known = anchor_text(one.anchor, language) if found.label == "Person" else found.context
    score = f"{found.score:.2f}"
    told = (str(place), found.name, kind, found.uid, why(found, language), score, known)
    return "\t".join(told).rstrip()


REASONS: Mapping[str, Text] = {
    "uid": Text("实体编号", "id"),
    "code": Text("代码相同", "same code"),
    "name": Text("名称全同", "same name"),
    "former_name": Text("曾用名全同", "same former name"),
    "begins": Text("名称开头", "name begins so"),
    "contains": Text("名称包含", "name contains it"),
    "similar": Text("简称或近似名称", "short or similar name"),
    "pinyin": Text("拼音全同", "same pinyin"),
    "pinyin_in": Text("拼音包含", "pinyin contains it"),
    "case": Text("案号相同", "same document number"),
    "case_in": Text("案号包含", "document number contains it"),
    "phone": Text("电话相同", "same telephone"),
    "identity": Text("证件号码相同", "same identity number"),
}


class Anchored(Protocol):
    """A candidate with what tells it from others of its name."""

    @property
    def candidate(self) -> Candidate:
        """Return who answers, and why."""

    @property
    def region(self) -> str:
        """Return the code of the region, empty where unknown."""

    @property
    def state(self) -> str:
        """Return the state of registration, empty where unknown."""

    @property
    def anchor(self) -> tuple[Link, str] | None:
        """Return by which link, to whom, people know a person."""


def anchor_text(anchor: tuple[Link, str] | None, language: str) -> str:
    """Return a person's anchor: organisation, post or share, period."""
    if anchor is None:
        return figures.MISSING
    link, name = anchor
    period = figures.period(link.valid_from, link.valid_to, language)
    return f"{name} {link_words(link, language)} {period}"


def why(one: Candidate, language: str) -> str:
    """Return why a candidate answers, and by which value."""
    return f"{REASONS[one.reason].to(language)}{texts()['frame.colon'][language]}{one.matched}"


def candidate_rows(found: Sequence[Anchored], language: str) -> list[Mapping[str, object]]:
    """Return candidates as rows of a table, best first."""
    return [
        {
            "名称": one.candidate.name,
            "类别": SCHEMA.node(one.candidate.label).title.to(language),
            "代码或任职": anchor_text(one.anchor, language)
            if one.candidate.label == "Person"
            else one.candidate.context or figures.MISSING,
            "地区": region_text(one.region),
            "状态": one.state or figures.MISSING,
            "命中": why(one.candidate, language),
            "编号": one.candidate.uid,
        }
        for one in found
    ]


def region_text(code: str) -> str:
    """Return the names behind a region's code, or a dash."""
    return (region.full_name(code) if code else "") or figures.MISSING


def suggestion(one: Anchored, language: str) -> str:
    """Return a candidate in one line: name, then what tells it from others of that name."""
    person = one.candidate.label == "Person"
    parts = (
        one.candidate.name,
        SCHEMA.node(one.candidate.label).title.to(language),
        anchor_text(one.anchor, language) if person else one.candidate.context,
        region.full_name(one.region) if one.region else "",
        one.state,
    )
    return " · ".join(part for part in parts if part and part != figures.MISSING)
