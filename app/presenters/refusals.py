"""Why something is refused, in the language of the screen: the thing, the value and the rule."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Formatter

from graph.documents import read_shipped
from graph.errors import XinmaiError

_FILE = Path(__file__).with_name("rules.yml")
_LINE = re.compile(r"^(?:(?P<file>\S+) )?line (?P<line>\d+)$")
_THINGS = {
    "statement": "语句", "query": "查询", "pack": "查询包", "timeout": "查询",
    "note": "备注", "view": "视图", "view's title": "视图名称", "report": "报告",
    "party": "主体", "batch": "批量", "batch item": "项目", "for_each": "逐行文件",
    "judgement": "判定", "judgement's author": "经办人", "judgement's reason": "理由",
    "decision": "意见", "decision's author": "经办人", "decision's reason": "理由",
    "lead": "线索", "row": "行", "choice": "选择", "--until": "期限", "desk": "工作台",
    "job": "任务", "jobs": "任务", "scan": "扫描", "scans": "扫描", "known at": "当时已知",
    "certificate": "凭证", "policy": "策略", "pattern": "规则", "owner rules": "受益所有人规则",
    "snapshot": "快照", "workspace": "工作区", "ledger": "台账", "identity key": "证件号码密钥",
    "file": "文件", "folder": "文件夹", "list": "名单", "checked list": "已核查的名单",
    "headers": "表头", "resource": "资源", "code table": "代码表", "rules": "规则",
    "hops": "跳数", "path": "路径", "link": "关系", "link type": "关系类型", "record": "记录",
    "link types": "关系类型", "links and records": "关系与记录", "pairs of ends": "端点组合",
    "parties of a list": "名单中的主体", "pair": "主体对", "company": "公司", "uid": "标识",
    "search": "检索", "record class": "记录类别", "severity": "严重程度", "control": "控制",
    "table": "表", "graph store": "图库", "graph folder": "图库文件夹", "Graphviz": "Graphviz 绘图",
}  # fmt: skip
_PARAMETER = re.compile(r"^(?:(?P<file>\S+\.cypher) )?parameter (?P<name>.+)$")
# Things that are told with their name.
_NAMED = re.compile(r"^(?P<kind>batch item|pattern|policy|query|table) (?P<name>.+)$")
_CAPPED = re.compile(r"(?P<rows>[\d,]+) rows are shown, there are more")
# What a store says beside the rules above: thing, value, rule, the store's own words behind.
_STORE: Sequence[tuple[str, str]] = (
    (r"statement: .*? was refused by (?P<who>[^:]+): (?P<why>.+)", "{who} 拒绝了这条语句：{why}"),
    (r".+? cannot be reached: (?P<why>.*)", "图库无法连接：{why}"),
    (r".+? does not answer", "图库没有答复；恢复后重试即可，其余画面不受影响"),
)
# Of a statement no more is repeated than tells which one.
_VALUE = 60


@cache
def _rules() -> Sequence[tuple[str, str]]:
    """Return a pattern of each rule that errors name, and its words in Chinese."""
    return [(_pattern(one["en"]), one["zh"]) for one in read_shipped(_FILE)]


def _pattern(rule: str) -> str:
    """Return what fits a rule; each of its places, which is filled in, has a group.

    >>> _pattern("needs_{one}_or_{other}")
    'needs_(?P<one>.+?)_or_(?P<other>.+?)'
    """
    parts = Formatter().parse(rule)
    return "".join(
        re.escape(said) + (f"(?P<{name}>.+?)" if name else "") for said, name, *_ in parts
    )


# Of one statement several things may be said: each begins with its line.
_PIECES = re.compile(r"; (?=line \d+: )")


def refusal(error: XinmaiError, language: str) -> str:
    """Return a refusal in one line; what the product does not know by heart stays as it is."""
    if language != "zh":
        return str(error)
    known = _in_chinese(error.thing, str(error.value or ""), error.rule)
    return known or _by_store(str(error))


def retold(message: str, language: str) -> str:
    """Return a message of a finished batch, which was written as a line, in the chosen language.

    >>> retold("timeout: 5 did not finish within 5s", "zh")
    '查询：5 超时：5s 内未完成'
    >>> retold("200 rows are shown, there are more", "zh")
    '显示前 200 行，还有更多'
    """
    if language != "zh":
        return message
    if capped := _CAPPED.fullmatch(message):
        return f"显示前 {capped['rows']} 行，还有更多"
    if len(pieces := _PIECES.split(message)) > 1:
        return "；".join(retold(one, language) for one in pieces)
    for pattern, _ in _rules():
        whole = rf"(?P<thing_>.+?): (?P<value_>.*?) ?(?P<rule_>{pattern})"
        parts = re.fullmatch(whole, message, re.DOTALL)
        if parts:
            value = parts["value_"].strip("'\"")
            return _in_chinese(parts["thing_"], value, parts["rule_"]) or message
    return _by_store(message)


def _by_store(message: str) -> str:
    for pattern, words in _STORE:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return words.format(**found.groupdict())
    return message


def _in_chinese(thing: str, value: str, rule: str) -> str | None:
    said = _rule_in_chinese(rule)
    if said is None:
        return None
    value = " ".join(value.split())
    if len(value) > _VALUE:
        # Of a place in folders its end tells which file it is, of all else the beginning.
        in_folder = value.startswith("/")
        value = f"…{value[-_VALUE:]}" if in_folder else f"{value[:_VALUE]}…"
    return f"{_thing(thing)}：{value} {said}" if value else f"{_thing(thing)} {said}"


def _rule_in_chinese(rule: str) -> str | None:
    for pattern, words in _rules():
        if found := re.fullmatch(pattern, rule, re.DOTALL):
            places = found.groupdict()
            # One that goes on from another.
            if (other := places.get("rule")) is not None:
                places["rule"] = _rule_in_chinese(other) or other
            return words.format(**places)
    return None


def _thing(thing: str) -> str:
    if found := _LINE.match(thing):
        return f"{found['file'] or ''} 第 {found['line']} 行".strip()
    if found := _PARAMETER.match(thing):
        return f"{found['file'] or ''} 参数 {found['name']}".strip()
    if found := _NAMED.match(thing):
        return f"{_THINGS[found['kind']]} {found['name']}"
    return _THINGS.get(thing, thing)
