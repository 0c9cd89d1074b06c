"""What a conclusion rests on, in words and as JSON; a supposition, nothing of it is kept."""

from collections.abc import Iterator
from typing import Any, Final

from app.presenters import figures
from app.presenters.chain import chain_text, link_source, name_of, record_source, record_words
from app.presenters.joining import joined_by
from app.presenters.party import source_text
from app.texts.read import spoken
from graph.analysis.conclusions import Conclusion, Control, ExposureLevel, Owner, Share
from graph.analysis.explain import NOTICE
from graph.analysis.rests import Fact, Rests
from graph.policy.owner_rules import owner_rules
from graph.schema.codes import LEVELS
from graph.schema.words import Text
from graph.snapshot.reader import Snapshot

_LEVEL: Final = Text("{name} 的传导等级不低于“{level}”", "exposure of {name} is at least {level}")
_VALUE: Final = Text("{name} 的传导值不低于 {value}", "exposure of {name} is at least {value}")
_CONTROL: Final = Text(
    "按规则（表决权 >50%）判定 {holder} 控制 {company}",
    "{holder} controls {company} by more than half of the votes",
)
_SHARE: Final = Text(
    "按登记数据计算，{holder} 在 {company} 的综合持股不低于 {share}",
    "the integrated share of {holder} in {company} is at least {share}",
)
_OWNER: Final = Text(
    "按规则（{rules}）判定 {holder} 为 {company} 的受益所有人",
    "{holder} is a beneficial owner of {company} by {rules}",
)
KINDS: Final = {
    "link": Text("关系", "link"),
    "record": Text("记录", "record"),
    "merge": Text("合并", "merge"),
}
_MERGE: Final = Text(
    "{source} 所列者归为 {name}（{rule}）", "who is named in {source} is {name} ({rule})"
)
_FALLEN: Final = Text("不成立，无所依据", "does not hold; it rests on nothing")
_EXACT: Final = Text(
    "最少去掉 {count} 项即不成立（已证明最少）：",
    "fewest facts without which it falls: {count} (proved; no fewer do):",
)
_BOUND: Final = Text(
    "去掉至多 {count} 项即不成立（未证明最少，至少 {least} 项）：",
    "facts without which it falls: at most {count} (not proved least, at least {least}):",
)
_UNKNOWN: Final = Text(
    "在检索上限内未求得最少项数，至少 {least} 项",
    "the least number was not found within the bound; at least {least}",
)
_NEVER: Final = Text("去掉任何关系或记录都仍成立", "holds without any of its links and records")
_SINGLE: Final = Text("缺一不可：", "cannot lack any one of:")
_NAME: Final = Text(
    "此结论依赖一处仅凭姓名（名称）的合并，须先核对是否同一主体",
    "This conclusion rests on one name alone: judge first whether the two are one",
)
_BESIDE: Final = Text(
    "假设，未保存；检索了 {looked} 条关系和记录，重算 {asked} 次；快照 {snapshot}，截至 {as_of}",
    "A supposition, not kept; {looked} links and records, {asked} evaluations; snapshot "
    "{snapshot}, as of {as_of}",
)
_LATE: Final = Text("超时，未求尽；", "Timed out before the end. ")
_STANDS: Final = {
    True: Text("仍成立", "still holds"),
    False: Text("不再成立", "falls"),
}


def conclusion_text(conclusion: Conclusion, names: Snapshot, language: str = "zh") -> str:
    """Return a conclusion as a sentence with its rule or number."""
    match conclusion:
        case ExposureLevel(uid=uid, value=float(value)):
            said = _VALUE.to(language)
            return said.format(name=name_of(names, uid), value=figures.exposure(value))
        case ExposureLevel(uid=uid, level=level):
            shown = LEVELS[level].to(language)
            return _LEVEL.to(language).format(name=name_of(names, uid), level=shown)
        case Control(holder=holder, company=company):
            text, more = _CONTROL, {}
        case Share(holder=holder, company=company, threshold=threshold):
            text, more = _SHARE, {"share": figures.percent(threshold)}
        case Owner(holder=holder, company=company, rules=rules):
            said = owner_rules()[rules].source
            text, more = _OWNER, {"rules": said}
        case _:
            return conclusion.kind
    ends = {"holder": name_of(names, holder), "company": name_of(names, company)}
    return text.to(language).format(**ends, **more)


def fact_text(fact: Fact, snapshot: Snapshot, language: str = "zh") -> str:
    """Return a fact in words with the file and row that it stands on."""
    kind = KINDS[fact.kind].to(language)
    if fact.kind == "merge":
        sources = snapshot.sources([fact.record_id]).get(fact.record_id, ())
        rule = joined_by(fact.rule, language)
        said = _MERGE.to(language).format(
            source=source_text(sources, language), name=name_of(snapshot, fact.party), rule=rule
        )
        return f"{kind}\t{said}\t{fact.uid}"
    if fact.kind == "record":
        return f"{kind}\t{_record(fact, snapshot, language)}\t{fact.uid}"
    link = snapshot.link(fact.uid)
    chain = chain_text((link.source, link.target), (link,), snapshot, language)
    return f"{kind}\t{chain}\t{link_source(snapshot, link, language)}\t{fact.uid}"


def _record(fact: Fact, snapshot: Snapshot, language: str) -> str:
    [said] = [one for one in snapshot.records_of(fact.party) if one.uid == fact.uid]
    words = record_words(said, language)
    where = record_source(snapshot, said, language)
    return f"{name_of(snapshot, said.subject)} {words}\t{where}"


def rests_lines(found: Rests, snapshot: Snapshot) -> Iterator[str]:
    """Yield what a conclusion rests on as a person reads it on a terminal."""
    language = spoken()
    yield conclusion_text(found.conclusion, snapshot, language)
    if not found.stands:
        yield _FALLEN.to(language)
        return
    yield _count(found, language)
    for fact in found.smallest:
        yield "  " + fact_text(fact, snapshot, language)
    if len(found.single) > 1:
        yield _SINGLE.to(language)
        for fact in found.single:
            yield "  " + fact_text(fact, snapshot, language)
    if found.on_one_name:
        yield _NAME.to(language)
    if isinstance(found.conclusion, ExposureLevel):
        yield NOTICE.to(language)


def _count(found: Rests, language: str) -> str:
    if found.smallest:
        text = _EXACT if found.exact else _BOUND
        return text.to(language).format(count=len(found.smallest), least=found.least)
    return (_NEVER if found.exact else _UNKNOWN).to(language).format(least=found.least)


def beside(found: Rests, snapshot: Snapshot, as_of: object, language: str = "zh") -> str:
    """Return what stands beside every answer: how far was looked, that nothing is kept."""
    said = _BESIDE.to(language).format(
        looked=found.looked, asked=found.asked, snapshot=snapshot.id, as_of=as_of
    )
    return f"{_LATE.to(language)}{said}" if found.timed_out else said


def stands_text(
    conclusion: Conclusion, snapshot: Snapshot, language: str = "zh", *, stands: bool
) -> str:
    """Return whether a conclusion stands without what was supposed away."""
    return f"{conclusion_text(conclusion, snapshot, language)}\t{_STANDS[stands].to(language)}"


def conclusion_to_json(conclusion: Conclusion) -> dict[str, Any]:
    """Return a conclusion as JSON."""
    match conclusion:
        case ExposureLevel(uid=uid, value=value, level=level):
            return {"kind": "exposure", "uid": uid, "level": level, "at_least": value}
        case Control(holder=holder, company=company):
            return {"kind": "control", "holder": holder, "company": company}
        case Share(holder=holder, company=company, threshold=threshold):
            ends = {"holder": holder, "company": company}
            return {"kind": "share", **ends, "at_least": threshold}
        case Owner(holder=holder, company=company, rules=rules):
            ends = {"holder": holder, "company": company}
            return {"kind": "beneficial", **ends, "rules": rules}
        case _:
            return {"kind": conclusion.kind}


def rests_to_json(found: Rests) -> dict[str, Any]:
    """Return what a conclusion rests on as JSON."""
    return {
        **conclusion_to_json(found.conclusion),
        "stands": found.stands,
        "smallest": [_fact(fact) for fact in found.smallest],
        "exact": found.exact,
        "at_least_facts": found.least,
        "indispensable": [_fact(fact) for fact in found.single],
        "proof": [_fact(fact) for fact in found.proof],
        "on_one_name": [fact.uid for fact in found.on_one_name],
        "looked": found.looked,
        "evaluations": found.asked,
        "timed_out": found.timed_out,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    said = {"kind": fact.kind, "id": fact.uid}
    if fact.kind == "merge":
        said |= {"party": fact.party, "rule": fact.rule}
    return said
