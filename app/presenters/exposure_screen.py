"""Exposure as a screen shows it: a bar of its parts, each factor with its rule, what if."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from app.presenters import figures
from app.presenters.chain import link_source, link_words, name_of, path_text, record_source
from app.texts.read import spoken, text
from graph.analysis.answers import Contribution, Exposure
from graph.analysis.steps import Step
from graph.model import Link, Record
from graph.policy.read import Policy
from graph.schema.codes import LEVELS
from graph.snapshot.reader import Snapshot

Row = Mapping[str, str]
# Segments of the bar with a number of their own; smaller ones stand together.
SEGMENTS = 8
# The accent and lighter ones of it, each dark enough for white figures; the rest is grey.
_SHADES = ("#1F4E8C", "#3F6FAE")
_REST = "#57606a"
_LEAST_WIDTH = 2.0


def segments(found: Exposure, names: Snapshot) -> list[tuple[str, str, float]]:
    """Return (path, share shown, share 0..1) of the largest parts, and of the rest together.

    The shares shown add up to the exposure shown.
    """
    large = [part for part in found.contributions if part.path][:SEGMENTS]
    rest = [part for part in found.contributions if part not in large]
    values = [part.share for part in large]
    words = [path_text(part, names, spoken()) for part in large]
    if rest:
        values.append(sum(part.share for part in rest))
        words.append(text("passing.rest", count=len(rest)))
    shown = figures.shown_parts(values, found.exposure)
    return list(zip(words, shown, values, strict=True))


def bar_html(found: Exposure, names: Snapshot) -> str:
    """Return the bar of contributions with its parts in words below, as HTML."""
    parts = segments(found, names)
    total = sum(value for _, _, value in parts) or 1.0
    blocks, lines = [], []
    for number, (path, share, value) in enumerate(parts, start=1):
        shade = _SHADES[number % 2] if number <= SEGMENTS else _REST
        width = max(_LEAST_WIDTH, 100 * value / total)
        blocks.append(
            f'<span title="{escape(path)}" style="flex:{width:.2f} 0 1.4em;background:{shade};'
            f'color:#fff;text-align:center;border-right:2px solid #fff">{number}</span>'
        )
        told = text("passing.segment", number=number, path=path, share=share)
        lines.append(f"<li style='list-style:none;margin:2px 0'>{escape(told)}</li>")
    total_words = text("passing.sum", total=figures.exposure(found.exposure))
    return (
        f'<div role="img" aria-label="{escape(text("passing.bar"))}" '
        f'style="display:flex;font-size:14px;line-height:1.8">{"".join(blocks)}</div>'
        f"<ol style='padding:0;margin:6px 0;font-size:14px'>{''.join(lines)}</ol>"
        f"<b>{escape(total_words)}</b>"
    )


def _key(step: Step) -> str:
    """Return the key of the policy that a step's first factor has."""
    way = "along" if step.along else "against"
    post = str(step.link.properties.get("post") or "")
    if step.cited:
        return "cited_service"
    if step.link.type == "HOLDS_POST" and post:
        return f"posts.{post}.{way}"
    return f"links.{step.link.type}.{way}"


def rule_text(step: Step, policy: Policy) -> str:
    """Return by which rules of the policy a step has its factor; those that do nothing are left."""
    if step.given:
        return text("passing.given")
    parts = [text("passing.beta", name=_key(step), beta=f"{step.beta:g}")]
    if step.link.type == "HOLDS_SHARES":
        shares = policy.shares
        known = {"slope": f"{shares.slope:g}", "least": figures.percent(shares.least)}
        parts.append(text("passing.phi", phi=f"{step.phi:g}", **known))
    if step.hubs != 1:
        bits = policy.hubs.free_bits
        parts.append(text("passing.hubs", hubs=f"{step.hubs:g}", bits=bits))
    if step.age != 1:
        half = f"{policy.age.half_life:g}"
        parts.append(text("passing.age", age=f"{step.age:g}", half=half))
    if step.capped:
        parts.append(text("passing.cap", cap=f"{policy.factor_cap:g}"))
    return "；".join(parts) if spoken() == "zh" else "; ".join(parts)


def product_text(step: Step) -> str:
    """Return the factor as the product that it is."""
    if step.given:
        return f"{step.factor:g}"
    parts = [step.beta, *(one for one in (step.phi, step.hubs, step.age) if one != 1)]
    told = " × ".join(f"{part:g}" for part in parts)
    return f"{told} = {step.factor:g}" if len(parts) > 1 else told


def step_rows(
    part: Contribution,
    steps: Sequence[Step],
    record: Record | None,
    policy: Policy,
    names: Snapshot,
) -> list[Row]:
    """Return the record and the steps of one path: factor, its product, its rule, its source."""
    rows: list[Row] = []
    if record is not None:
        rows.append(
            _row(
                "0",
                text("passing.record", name=name_of(names, part.path[0])),
                (f"{part.strength:g}", f"{part.strength:g}", _strength(record, part)),
                record_source(names, record, spoken()),
            )
        )
    for number, step in enumerate(steps, start=1):
        words = _between(step.giver, step.taker, step.link, names)
        told = (f"{step.factor:g}", product_text(step), rule_text(step, policy))
        rows.append(_row(str(number), words, told, link_source(names, step.link, spoken())))
    return rows


def _between(one: str, other: str, link: Link, names: Snapshot) -> str:
    ends = f"{name_of(names, one)} → {name_of(names, other)}"
    return text("passing.between", ends=ends, words=link_words(link, spoken()))


def _row(step: str, words: str, told: tuple[str, str, str], source: str) -> Row:
    return {
        text("passing.step"): step,
        text("passing.link"): words,
        text("passing.p"): told[0],
        text("passing.product"): told[1],
        text("passing.rule"): told[2],
        text("passing.source"): source,
    }


def _strength(record: Record, part: Contribution) -> str:
    severity = f".{record.severity or 'unknown'}" if record.record_class == "penalty" else ""
    name = f"{record.record_class}{severity}"
    return text("passing.strength", name=name, value=f"{part.strength:g}")


def factors_by_link(parts: Iterable[Contribution]) -> dict[str, float]:
    """Return the largest factor by which each link passes anything on, in order of its path."""
    found: dict[str, float] = {}
    for part in parts:
        for key, factor in zip(part.links, part.factors, strict=True):
            found[key] = max(factor, found.get(key, 0.0))
    return found


def cut_rows(links: Sequence[Link], names: Snapshot) -> list[Row]:
    """Return the links whose loss would let nothing through."""
    return [
        {
            text("passing.link"): _between(link.source, link.target, link, names),
            text("passing.source"): link_source(names, link, spoken()),
        }
        for link in links
    ]


def whatif_rows(before: Exposure, after: Exposure) -> list[Row]:
    """Return the figures before and after what is supposed."""
    pairs = [
        (text(f"exposure.{key}"), figures.exposure(old), figures.exposure(new))
        for key, old, new in (
            ("value", before.exposure, after.exposure),
            ("floor", before.floor, after.floor),
            ("cap", before.cap, after.cap),
        )
    ]
    levels = (LEVELS[before.level].to(spoken()), LEVELS[after.level].to(spoken()))
    pairs.append((text("exposure.level"), *levels))
    return [
        {text("passing.measure"): name, text("passing.before"): old, text("passing.after"): new}
        for name, old, new in pairs
    ]
