"""The visible elements of a canvas as rows: the same in the list, the table and every file."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.presenters import figures
from app.presenters.picture import kinds
from graph.schema.words import Text

Row = dict[str, str]
_NODE_HEADS = {
    "name": Text("名称", "Name"),
    "type": Text("类别", "Class"),
    "code": Text("代码", "Code"),
    "level": Text("传导等级", "Exposure level"),
    "exposure": Text("传导值", "Exposure"),
    "active": Text("有效失信记录", "Active records"),
    "repaired": Text("已修复记录", "Repaired records"),
    "disputed": Text("异议中记录", "Disputed records"),
    "honours": Text("荣誉", "Honours"),
    "doubles": Text("疑似同一（待核）", "Possibly the same (lead)"),
    "region": Text("地区", "Region"),
    "began": Text("成立或签署", "Established or signed"),
    "more": Text("未显示关系", "Links not shown"),
    "id": Text("编号", "Id"),
}
_EDGE_HEADS = {
    "from": Text("起", "From"),
    "type": Text("关系", "Link"),
    "post": Text("职务", "Post"),
    "to": Text("止", "To"),
    "label": Text("数值", "Figure"),
    "period": Text("期间", "Period"),
    "kind": Text("性质", "Nature"),
    "said": Text("来源", "Source"),
    "id": Text("关系编号", "Link key"),
}
# Neither a level nor none: a file made before it was computed says so.
_NOT_COMPUTED = Text("未计算", "Not computed")
# What only some canvases have: a column where anything on them has a value.
_MORE_HEADS = {
    "sub": Text("穿透比例", "Share in all"),
    "industry": Text("行业", "Industry"),
    "family": Text("集团族谱", "Family"),
    "mark": Text("与前一快照相比", "Against the snapshot before"),
}
_MARKS = {
    "+": Text("新增 +", "new +"),
    "−": Text("消失 −", "gone −"),
    "~": Text("变化 ~", "changed ~"),
}
_BADGES = ("active", "repaired", "disputed", "honours", "doubles")


def node_rows(drawn: Mapping[str, Any], language: str, visible: Sequence[str]) -> list[Row]:
    """Return the visible nodes as rows, in the order of the picture."""
    wanted = set(visible)
    more = _more_heads(drawn["nodes"])
    return [
        {
            _NODE_HEADS[key].to(language): value
            for key, value in _node(node, drawn, language).items()
        }
        | _more(node, more, drawn, language)
        for node in drawn["nodes"]
        if node["id"] in wanted
    ]


def _more_heads(elements: Sequence[Mapping[str, Any]]) -> list[str]:
    return [name for name in _MORE_HEADS if any(name in one for one in elements)]


def _more(
    element: Mapping[str, Any], heads: Sequence[str], drawn: Mapping[str, Any], language: str
) -> Row:
    """Return the columns that only some canvases have."""
    said = {name: str(element.get(name, "")) for name in heads}
    if said.get("mark"):
        said["mark"] = _MARKS[said["mark"]].to(language)
    if said.get("family"):
        said["family"] = drawn["families"][said["family"]]
    return {_MORE_HEADS[name].to(language): value for name, value in said.items()}


def _level(node: Mapping[str, Any], drawn: Mapping[str, Any], language: str) -> str:
    if node.get("wait"):
        return _NOT_COMPUTED.to(language)
    level = node.get("level")
    return str(drawn["levels"][level]["title"]) if level else ""


def _node(node: Mapping[str, Any], drawn: Mapping[str, Any], language: str) -> Row:
    badges = node.get("badges", {})
    return {
        "name": node["name"],
        "type": drawn["styles"][node["style"]]["title"],
        "code": str(node.get("code", "")),
        "level": _level(node, drawn, language),
        "exposure": str(node.get("exposure", "")),
        **{name: str(badges.get(name, "")) for name in _BADGES},
        "region": str(node.get("region", "")),
        "began": str(node.get("began", "")),
        "more": str(sum(node.get("more", {}).values()) or ""),
        "id": node["id"],
    }


def edge_rows(drawn: Mapping[str, Any], language: str, visible: Sequence[str]) -> list[Row]:
    """Return the visible links as rows, in the order of the picture."""
    wanted = set(visible)
    names = {node["id"]: node["name"] for node in drawn["nodes"]}
    more = _more_heads(drawn["edges"])
    return [
        {
            _EDGE_HEADS[key].to(language): value
            for key, value in _edge(edge, drawn, names, language).items()
        }
        | _more(edge, more, drawn, language)
        for edge in drawn["edges"]
        if edge["id"] in wanted
    ]


def _edge(
    edge: Mapping[str, Any], drawn: Mapping[str, Any], names: Mapping[str, str], language: str
) -> Row:
    return {
        "from": names[edge["from"]],
        "type": drawn["types"][edge["type"]]["title"],
        "post": edge.get("post", ""),
        "to": names[edge["to"]],
        "label": edge.get("label", ""),
        "period": period_of(edge, language),
        "kind": kinds(language)[edge.get("kind", "recorded")],
        "said": said_in(edge, drawn["files"], language),
        "id": edge["id"],
    }


def period_of(edge: Mapping[str, Any], language: str) -> str:
    """Return the period of a drawn link."""
    return figures.period(edge.get("since"), edge.get("until"), language)


def said_in(edge: Mapping[str, Any], files: Sequence[str], language: str) -> str:
    """Return file and row of a drawn link, further ones counted."""
    if "said" not in edge:
        return figures.MISSING
    place, row, count = edge["said"]
    if language == "en":
        return f"{files[place]} row {row}" + (f" and {count - 1} more" if count > 1 else "")
    return f"{files[place]} 第 {row} 行" + (f" 等 {count} 处" if count > 1 else "")
