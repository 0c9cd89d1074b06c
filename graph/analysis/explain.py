"""A contribution in words, with the schema's captions and the factors of each step."""

from collections.abc import Callable
from typing import Final

from graph.analysis.answers import Contribution
from graph.schema.catalog import SCHEMA
from graph.schema.words import Text
from graph.snapshot.form import SIGNS_FOR

# What every screen, file and report that shows an exposure says.
NOTICE: Final = Text(
    "关联提示，不是失信记录，不得据此采取措施",
    "A lead, not a record of dishonesty; no measure may be based on it",
)
_SIGNS: Final = Text("签字服务", "Signs for")
_START: Final = Text(
    "{name} 的记录（强度 {strength}）", "The record of {name} (strength {strength})"
)
_STEP: Final = Text(
    "经“{link}”（系数 {factor}）传至 {name}", 'passes by "{link}" (factor {factor}) to {name}'
)
_END: Final = Text("贡献 {share}。{notice}。", "contributes {share}. {notice}.")
_REST: Final = Text(
    "其余较小的路径合计贡献 {share}。{notice}。",
    "All other, smaller paths together contribute {share}. {notice}.",
)
_COMMA: Final = Text("，", ", ")


def caption(link_type: str) -> Text:
    """Return the caption of a link type, derived ones included.

    >>> caption("REPRESENTS").en
    'Legal representative of'
    """
    return _SIGNS if link_type == SIGNS_FOR else SCHEMA.link(link_type).title


def _share(value: float) -> str:
    return f"{value:.6f}"


def sentence(contribution: Contribution, names: Callable[[str], str], language: str = "zh") -> str:
    """Return one contribution as a sentence that says what it is not, too.

    `names` gives the name of a uid.
    """
    notice = NOTICE.to(language)
    share = _share(contribution.share)
    if not contribution.path:
        return _REST.to(language).format(share=share, notice=notice)
    first = names(contribution.path[0])
    parts = [_START.to(language).format(name=first, strength=f"{contribution.strength:g}")]
    steps = zip(contribution.types, contribution.factors, contribution.path[1:], strict=True)
    for kind, factor, uid in steps:
        link = caption(kind).to(language)
        parts.append(_STEP.to(language).format(link=link, factor=f"{factor:g}", name=names(uid)))
    parts.append(_END.to(language).format(share=share, notice=notice))
    return _COMMA.to(language).join(parts)
