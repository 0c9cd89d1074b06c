"""What a rejected row broke, in the reader's language; the rules themselves are the loaders'."""

import re
from collections.abc import Mapping, Sequence

import polars as pl

RULE = "规则"
# Each rule as a loader words it, and what it is called; groups are its values.
_RULES: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"must be a date as (.+)", "应为日期，如 {0}"),
        (r"must be a share from 0 to 100 percent", "应为 0 至 100 的百分比"),
        (r"must be a fraction from 0 to 1", "应为 0 至 1 的小数"),
        (r"must be a whole number", "应为整数"),
        (r"must be a number", "应为数字"),
        (r"must be an amount of money", "应为金额"),
        (r"must be 是 or 否", "应为“是”或“否”"),
        (r"must be true or false", "应为 true 或 false"),
        (r"must be one of (.+)", "应为下列之一：{0}"),
        (r"must be given", "必填，未填写"),
        (r"holds a NUL character", "含有空字符（NUL）"),
        (r"is longer than (\d+) characters", "超过 {0} 个字符"),
        (r"has (.+) cells, the header (.+)", "有 {0} 个单元格，表头为 {1} 个"),
        (r"is no JSON object", "不是 JSON 对象"),
        (r"is no uid of an imported node", "不是已导入主体的编号（uid）"),
        (r"stands twice in this file", "在本文件中重复出现"),
        (r"stands twice for this subject", "同一主体下重复出现"),
        (
            r"stands above with other values; rows of one .+ need a key each",
            "上文已有此关系且内容不同；同一来源、对象、类型、职务和起始日期的各行须各有 key",
        ),
        (
            r"must stay (\w+), which this uid is known as; another party needs a uid of its own",
            "须为 {0}：此编号已按该类别导入；另一主体须另用编号",
        ),
        (r"(\w+) must join (\w+) to (\w+)", "{0} 须由 {1} 指向 {2}"),
        (r"must be empty for (.+)", "{0} 类关系不得填写"),
        (r"must be another party than the holder", "受托人须为持有人以外的主体"),
        (r"lies below share_min", "小于 share_min"),
        (r"lies before valid_from", "早于 valid_from"),
        (r"holds a key twice", "同一键出现两次，无法判断取哪个值"),
        (
            r"names several owners or assets and one percentage: whose it is nobody can say",
            "多个股东或多个标的只给了一个比例，无法判断归属",
        ),
        (
            r"gives several percentages for one holding: which one holds nobody can say",
            "同一笔持股给出多个不同比例，无法判断取哪个值",
        ),
        (
            r"gives several values of (\w+) \((.+)\): which one holds nobody can say",
            "{0} 给出多个互相矛盾的值（{1}），无法判断取哪个值",
        ),
        (
            r"gives several credit codes \((.+)\): which one holds nobody can say",
            "给出多个不同的统一社会信用代码（{0}），无法判断取哪个值",
        ),
        (
            r"gives several shares of (\w+) for one holding: which one holds nobody can say",
            "同一笔持股的 {0} 给出多个不同比例，无法判断取哪个值",
        ),
        (r"holds half a character \(a lone surrogate\)", "含有残缺字符（孤立代理项）"),
    )
)


def rule_text(rule: str, language: str) -> str:
    """Return a rule in a language; one without words of its own stays as the loader put it.

    >>> rule_text("must be a date as 2026-11-23", "zh")
    '应为日期，如 2026-11-23'
    """
    if language == "en":
        return rule
    for pattern, words in _RULES:
        found = pattern.fullmatch(rule)
        if found:
            return words.format(*found.groups())
    return rule


def told(rejected: pl.DataFrame, language: str) -> pl.DataFrame:
    """Return rejected rows as they are handed back: own columns, 行号, 列, 值, and the rule."""
    if RULE not in rejected.columns:
        return rejected
    words: Mapping[str, str] = {rule: rule_text(rule, language) for rule in rejected[RULE].unique()}
    return rejected.with_columns(pl.col(RULE).replace(words))


def by_rule(rejected: pl.DataFrame, language: str) -> list[Mapping[str, object]]:
    """Return how many rows broke which rule in which column, most first."""
    if RULE not in rejected.columns:
        return []
    counted = (
        rejected.group_by("列", RULE).len().sort("len", "列", RULE, descending=[True] + [False] * 2)
    )
    return [
        {"列": column, "规则": rule_text(rule, language), "行数": count}
        for column, rule, count in counted.iter_rows()
    ]
