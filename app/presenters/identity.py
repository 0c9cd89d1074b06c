"""How a party was put together and how two compare, in words and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.presenters import figures
from app.presenters.evidence import evidence_in
from app.presenters.joining import joined_by, role_in
from app.presenters.party import source_text
from app.texts.read import spoken, text
from graph.analysis.identity import APART, DIFFERENT, LEAD, SAME, Built, Comparison, Evidence
from graph.model import Source
from graph.schema.words import Text

# Files and rows that are named of a step in words; JSON has all.
NAMED = 5

# Why a party looks like several (loaders/resolve/suspects.py).
SUSPECT_REASONS: Mapping[str, Text] = {
    "mentions": Text("仅凭名称归入的行过多", "too many rows put in by a name alone"),
    "names": Text("名称过多", "too many names"),
    "brands": Text("字号互不相干", "brands that have nothing to do with one another"),
    "regions": Text("所在城市不一", "names of several cities"),
    "identifiers": Text("有效代码不止一个", "more than one valid code"),
    "bridge": Text("两组标识仅由一处相连", "two groups of identifiers held together in one place"),
}
WHAT: Mapping[str, Text] = {
    "uscc": Text("统一社会信用代码", "credit code"),
    "org_code": Text("组织机构代码", "organisation code"),
    "registration_number": Text("注册号", "registration number"),
    "certificate_number": Text("登记证号", "certificate number"),
    "id_hash": Text("证件号码（仅比对，不显示）", "identity number (compared, not shown)"),
    "name": Text("名称", "name"),
    "former_names": Text("曾用名", "former name"),
    "region": Text("名称中的地区", "region in the name"),
    "brand": Text("字号", "brand"),
    "trade": Text("行业", "trade"),
    "form": Text("组织形式", "form"),
    "tail": Text("分支机构", "branch"),
    "neighbours": Text("共同关联方", "parties linked to both"),
    "around": Text("各自的关联方", "parties linked to each"),
    "linked": Text("双方直接关联", "linked with each other"),
}
SPEAKS: Mapping[bool | None, Text] = {
    True: Text("支持同一", "speaks for one party"),
    False: Text("反对同一", "speaks against it"),
    None: Text("不能说明", "decides nothing"),
}
VERDICTS: Mapping[str, Text] = {
    SAME: Text("同一主体（已合并）", "one party (merged)"),
    LEAD: Text(
        "疑似同一，待人工核实，未合并", "possibly the same; for a person to decide, not merged"
    ),
    DIFFERENT: Text("不同主体：有效标识不同", "two parties: valid identifiers differ"),
    APART: Text(
        "未合并：已比对的各项均不足以认定同一", "kept apart: nothing that was compared joins them"
    ),
}


def built_lines(built: Built) -> Iterator[str]:
    """Yield the steps in which a party was put together, with files and rows."""
    yield text("line.how.built", name=built.name, uid=built.uid, snapshot=built.snapshot)
    for number, step in enumerate(built.steps, start=1):
        names, rule = text("frame.comma").join(step.names), joined_by(step.rule, spoken())
        rows = len(step.sources)
        yield text("line.how.step", number=number, rule=rule, rows=rows, names=names)
        for source in step.sources[:NAMED]:
            yield f"   {source_text([source], spoken())}"
        if rows > NAMED:
            yield f"   {text('line.more_rows', count=rows - NAMED)}"


def step_rows(built: Built, language: str) -> list[Mapping[str, str]]:
    """Return the steps as rows of a table."""
    return [
        {
            "依据": joined_by(step.rule, language),
            "行数": str(len(step.sources)),
            "名称": ("、" if language == "zh" else ", ").join(step.names),
            "来源": source_text(step.sources, language),
        }
        for step in built.steps
    ]


def mention_rows(mentions: Sequence[Mapping[str, Any]], language: str) -> list[Mapping[str, str]]:
    """Return every mention of a party as a row of a table: where it stands and why it is here."""
    return [
        {
            "文件": str(one["file"]),
            "行": str(one["row"]),
            "名称": str(one.get("name") or figures.MISSING),
            "角色": role_in(str(one["role"]), language),
            "依据": joined_by(str(one["rule"]), language),
            "台账编号": str(one["record_id"]),
        }
        for one in sorted(mentions, key=lambda one: (str(one["file"]), int(one["row"])))
    ]


def evidence_rows(found: Comparison, language: str) -> list[Mapping[str, str]]:
    """Return what was compared as rows of a table, both values side by side."""
    return [
        {
            "比对项": WHAT[one.what].to(language),
            "本主体": one.one or figures.MISSING,
            "对方": one.other or figures.MISSING,
            "说明": SPEAKS[one.speaks].to(language),
        }
        for one in found.evidence
    ]


def built_to_json(built: Built) -> dict[str, object]:
    """Return the steps as the command line answers them."""
    return {
        "uid": built.uid,
        "name": built.name,
        "snapshot": built.snapshot,
        "steps": [
            {
                "rule": step.rule,
                "rule_zh": joined_by(step.rule),
                "names": list(step.names),
                "sources": [_source(source) for source in step.sources],
            }
            for step in built.steps
        ],
    }


def _source(source: Source) -> dict[str, object]:
    return {"record": source.record_id, "file": source.file, "row": source.row}


def comparison_lines(found: Comparison, *, against_first: bool = False) -> Iterator[str]:
    """Yield the verdict, then what speaks for and against, then what decides nothing."""
    yield f"{found.one.name} {found.one.uid} ／ {found.other.name} {found.other.uid}"
    verdict = VERDICTS[found.verdict].to(spoken())
    yield text("line.why.verdict", verdict=verdict, snapshot=found.snapshot)
    if found.built is not None:
        yield from built_lines(found.built)
    order = (False, True, None) if against_first else (True, False, None)
    for speaks in order:
        yield from _group(
            SPEAKS[speaks].to(spoken()), [one for one in found.evidence if one.speaks is speaks]
        )
    if found.lead is not None:
        said = found.lead.properties
        evidence = evidence_in(str(said.get("evidence")), spoken())
        yield text("line.why.lead", evidence=evidence, score=said.get("score"))


def _group(title: str, listed: list[Evidence]) -> Iterator[str]:
    if listed:
        yield f"# {title}"
    for one in listed:
        sides = (said or text("line.nothing") for said in (one.one, one.other))
        yield f"{WHAT[one.what].to(spoken())}{text('frame.colon')}{' ／ '.join(sides)}"


def comparison_to_json(found: Comparison) -> dict[str, object]:
    """Return the comparison as the command line answers it."""
    return {
        "one": {"uid": found.one.uid, "name": found.one.name},
        "other": {"uid": found.other.uid, "name": found.other.name},
        "verdict": found.verdict,
        "verdict_zh": VERDICTS[found.verdict].zh,
        "snapshot": found.snapshot,
        "evidence": [
            {"what": one.what, "one": one.one, "other": one.other, "speaks": one.speaks}
            for one in found.evidence
        ],
        "lead": None if found.lead is None else dict(found.lead.properties),
        "built": None if found.built is None else built_to_json(found.built),
    }
