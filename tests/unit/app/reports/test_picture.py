"""The report's picture: whoever differs in the last character of a name looks different."""

import re
from datetime import date

import pytest

from app.reports.picture import source, svg
from graph.model import Bounds, Node, Subgraph

LONG = (
    "深圳前海粤港澳大湾区国际供应链金融信息科技与跨境电子商务综合服务产业发展投资管理"
    "（集团）股份有限公司第"
)
BOUNDS = Bounds(1, (), date(2026, 11, 23), "s1")
WORDS = re.compile(r"<text[^>]*>([^<]*)</text>")


@pytest.mark.parametrize("name", [f"{LONG}一分公司", f"{LONG}二分公司", "甲" * 60])
def test_a_name_of_sixty_characters_is_drawn_whole(name: str) -> None:
    node = Node("e1", "Enterprise", ("Enterprise",), name)

    drawn = svg(source(Subgraph((node,), (), BOUNDS), {}))

    assert "".join(WORDS.findall(drawn)) == name
