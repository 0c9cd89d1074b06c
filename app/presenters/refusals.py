"""Why a query is refused, in the language of the screen: the line, the word and the rule."""

import re
from collections.abc import Sequence

from graph.errors import XinmaiError

# What the guard and the cards say; places in braces are filled from the rule's own words.
_RULES: Sequence[tuple[str, str]] = (
    (r"is not allowed: write the character itself", "不允许：请直接写出该字符"),
    (r"is not allowed: queries only read", "不允许：查询只读，不得写入或调用过程"),
    (r"is empty", "为空"),
    (r"must be a single statement", "只能有一条语句"),
    (r"is a string that does not end", "处的字符串没有结束"),
    (r"is a repeated path; write (?P<form>.+)", "是不限次数的路径，请写成 {form}"),
    (r"is a path without an end; write (?P<form>\S+) or less", "路径没有上限，请写 {form} 以内"),
    (r"reaches (?P<hops>\d+) links; (?P<most>\d+) are allowed", "达到 {hops} 跳，最多 {most} 跳"),
    (r"must be there", "必须有"),
    (r"must follow the last RETURN, with a number", "必须跟在最后一个 RETURN 之后，并给出数字"),
    (r"is no label of the graph \((?P<like>[^)]+) (?:is|are)\)", "不是图中的标签，有 {like}"),
    (r"is no label of the graph", "不是图中的标签"),
    (
        r"is no link type of the graph \((?P<like>[^)]+) (?:is|are)\)",
        "不是图中的关系类型，有 {like}",
    ),
    (r"is no link type of the graph", "不是图中的关系类型"),
    (r"is no property of the graph \((?P<like>[^)]+) (?:is|are)\)", "不是图中的属性，有 {like}"),
    (r"is no property of the graph", "不是图中的属性"),
    (r"must be given", "必须填写"),
    (r"must have 1 to (?P<most>\d+) characters", "须有 1 至 {most} 个字"),
    (r"holds no report number (?P<form>.+)", "中没有报告编号（{form}），不是本系统出具的报告"),
    (r"must be text; put it in quotes", "必须是文本，请加引号"),
    (r"is no number that a store can hold", "超出图库能存的数"),
    (r"is no parameter; known: (?P<known>.+)", "不是该查询的参数；可用：{known}"),
    (r"is written by another batch now; .+", "正由另一批量写入：请换一个文件夹，或稍候再试"),
    (r"is of a batch that did not end; .+", "属于未完成的批量：请先继续运行"),
    (r"must be a date as (?P<form>\S+)", "必须是日期，如 {form}"),
    (r"must be of kind integer", "必须是整数"),
    (r"must be of kind fraction", "必须是 0 到 1 的小数"),
    (r"must be (?P<low>[\d.]+) to (?P<high>[\d.]+)", "必须在 {low} 到 {high} 之间"),
    (r"must be the file's place (?P<id>\S+)", "须与文件位置一致：{id}"),
    (r"must be utf-8", "必须是 UTF-8"),
    (r"must stand between two lines (?P<fence>.+)", "须写在两行 {fence} 之间"),
    (r"must have exactly the keys (?P<keys>.+)", "须恰好有这些键：{keys}"),
    (r"must be one of (?P<kinds>.+)", "须为 {kinds} 之一"),
    (r"may only have (?P<keys>.+)", "只能有 {keys}"),
    (r"cannot be read: (?P<why>.+)", "无法读取：{why}"),
    (r"must stand as (?P<form>\S+) in the folder of queries", "须放在查询文件夹中的 {form}"),
    (r"is not in the library.*", "不在查询库中"),
    (r"must be run once: its columns are not known", "须先运行一次，才知道有哪些列"),
    (
        r"must be topic\.name in small Latin letters, digits and _",
        "须为 主题.名称（小写字母、数字、下划线）",
    ),
    (r"is the name of a query of the product", "与自带查询同名"),
    (r"is there already; choose another name or replace it", "已存在：请改名，或选择替换"),
    (r"is there already and says something else", "已存在且内容不同"),
    (r"is not in snapshot (?P<id>\S+)", "不在快照 {id} 中"),
    (r"must have an item: it asks nothing", "没有任何项目，无可查询"),
    (r"has no row below its header: the query is not asked", "表头下没有任何行，该查询未执行"),
    (
        r"asks about the parties of the list, and no row of it is one",
        "针对名单中的主体，而名单没有一行能确定主体",
    ),
    (r"is declared and not used", "已声明但未使用"),
    (r"is used and not declared", "已使用但未声明"),
    (r"is not the file that was packed", "与打包时的内容不同"),
    (r"did not finish within (?P<time>\S+)", "超时：{time} 内未完成"),
    (r"did not finish in time", "超时"),
)
_LINE = re.compile(r"^(?:(?P<file>\S+) )?line (?P<line>\d+)$")
_THINGS = {
    "statement": "语句", "query": "查询", "pack": "查询包", "timeout": "查询",
    "note": "备注", "view's title": "视图名称", "report": "报告",
    "party": "主体", "batch": "批量", "batch item": "项目", "for_each": "逐行文件",
}  # fmt: skip
_PARAMETER = re.compile(r"^(?:(?P<file>\S+\.cypher) )?parameter (?P<name>.+)$")
_CAPPED = re.compile(r"(?P<rows>[\d,]+) rows are shown, there are more")
# What a store says beside the rules above: thing, value, rule, the store's own words behind.
_STORE: Sequence[tuple[str, str]] = (
    (r"statement: .*? was refused by (?P<who>[^:]+): (?P<why>.+)", "{who} 拒绝了这条语句：{why}"),
    (r".+? cannot be reached: (?P<why>.*)", "图库无法连接：{why}"),
    (r"graph store: .*? holds no whole snapshot; .+", "图库中没有完整的快照：请重新装载以发布"),
    (
        r"snapshot: '(?P<now>\w+)' was published while the batch ran on (?P<was>\w+); ask again",
        "批量运行期间发布了另一快照 {now}（批量依据 {was}）：请重新运行",
    ),
    (
        r"graph store: .*? replaced snapshot (?P<was>\S+) meanwhile; ask again",
        "查询期间图库改为另一快照（原为 {was}）：请重新查询",
    ),
    (r".+? does not answer", "图库没有答复；恢复后重试即可，其余画面不受影响"),
)
# Of a statement no more is repeated than tells which one.
_VALUE = 60


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
    for pattern, _ in _RULES:
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
    for pattern, words in _RULES:
        found = re.fullmatch(pattern, rule)
        if found:
            value = " ".join(value.split())
            if len(value) > _VALUE:
                # Of a place in folders its end tells which file it is, of all else the beginning.
                in_folder = value.startswith("/")
                value = f"…{value[-_VALUE:]}" if in_folder else f"{value[:_VALUE]}…"
            said = words.format(**found.groupdict())
            return f"{_thing(thing)}：{value} {said}" if value else f"{_thing(thing)} {said}"
    return None


def _thing(thing: str) -> str:
    if found := _LINE.match(thing):
        return f"{found['file'] or ''} 第 {found['line']} 行".strip()
    if found := _PARAMETER.match(thing):
        return f"{found['file'] or ''} 参数 {found['name']}".strip()
    return _THINGS.get(thing, thing)
