"""Candidates of a search as JSON; what was searched always stands with them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.presenters import figures
from app.presenters.chain import link_words
from graph.analysis.search import Candidate, ambiguous
from graph.identifiers import credit_code, region
from graph.model import Link
from graph.schema.catalog import SCHEMA
from graph.schema.words import Text


def searched(snapshot: str) -> str:
    """Return what a search looked into, in one line."""
    return (
        "names, former names, short names, pinyin and codes of all parties in snapshot"
        f" {snapshot} were searched"
    )


def wrong_code(text: str) -> str:
    """Return what is wrong with a text that has a credit code's form; empty where nothing is."""
    code = credit_code.fold(text)
    if len(code) != credit_code.LENGTH or not code.isascii() or credit_code.is_valid(code):
        return ""
    if not any(char.isdigit() for char in code):
        return ""
    meant = credit_code.repaired(code)
    hint = f"; {meant} may be meant" if meant else ""
    return f"credit code: {code!r} has a wrong check character by GB 32100-2015{hint}"


def search_to_json(text: str, found: Sequence[Candidate], snapshot: str) -> dict[str, object]:
    """Return the answer as the command line gives it."""
    return {
        "text": text,
        "ambiguous": ambiguous(found),
        "searched": searched(snapshot),
        "candidates": [one.to_json() for one in found],
    }


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
    return f"{REASONS[one.reason].to(language)}：{one.matched}"


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
