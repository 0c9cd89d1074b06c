"""The canvas as one HTML file that opens anywhere: pyvis with everything inside, no request."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from pyvis.network import Network

from app.canvas.grounds import GUARANTEE, rings_of
from app.canvas.whole import Entry, legend
from app.presenters.drawing import DASHES, GHOST, GHOST_DASH
from app.texts.read import texts

# Styles and scripts that pyvis's page would fetch; what it needs of them is inside already.
_OUTSIDE = re.compile(
    r"<link[^>]*https?://[^>]*/?>|<script[^>]*src=\"https?://[^>]*>\s*</script>", re.DOTALL
)
_ASSETS = Path(__file__).parent / "assets"
_MODULES = ("signs.js", "rings.js", "figures.js", "offline.js")


def offline_page(
    picture: Mapping[str, Any], title: str, about: Sequence[str], day: date, language: str = "zh"
) -> str:
    """Return a page that draws the picture; `about` says snapshot, day and what was left out.

    Links that have ended by `day` are thin.
    """
    drawn = Network(height="820px", width="100%", directed=True, cdn_resources="in_line")
    drawn.toggle_physics(False)  # noqa: FBT003 - pyvis's own signature
    for node in picture["nodes"]:
        place = {"x": node["x"], "y": node["y"], "physics": False}
        colour = picture["styles"][node["style"]]["fill"]
        drawn.add_node(node["id"], label=node["name"], shape="box", color=colour, **place)
    for edge in picture["edges"]:
        drawn.add_edge(edge["from"], edge["to"], id=edge["id"], **_edge(edge, picture, day))
    page = _OUTSIDE.sub("", drawn.generate_html(notebook=False))
    head = f"<title>{escape(title)}</title></head>"
    lines = "".join(f"<p>{escape(line)}</p>" for line in about)
    said = f"<body><h3>{escape(title)}</h3>{lines}{_legend(picture, language, day)}"
    page = page.replace("</head>", head, 1).replace("<body>", said, 1)
    return page.replace(
        "</body>", f"<script>\n{_script(picture, language, day)}</script></body>", 1
    )


def _legend(picture: Mapping[str, Any], language: str, day: date) -> str:
    """Return the legend as lines of signs and words."""
    lines = []
    for title, entries in legend(picture, language, day):
        signs = [f"{_swatch(entry)} {escape(entry.words)}" for entry in entries]
        if signs:
            colon = "：" if language == "zh" else ": "
            lines.append(f"<p>{escape(title)}{colon}{' &emsp; '.join(signs)}</p>")
    return "".join(lines)


def _swatch(entry: Entry) -> str:
    look = "display:inline-block;vertical-align:middle;"
    if entry.edge:
        line = f"border-top:2px {entry.edge.get('style', 'solid')} {entry.edge['color']}"
        return f'<span style="{look}width:20px;{line}"></span>'
    if entry.node:
        round_ = "50%" if entry.node["shape"] == "ellipse" else "2px"
        edge = f"{entry.node['penwidth']}px solid {entry.node['color']}"
        fill = f"background:{entry.node['fillcolor']};border:{edge};border-radius:{round_}"
        return f'<span style="{look}width:14px;height:11px;{fill}"></span>'
    return ""


def _edge(edge: Mapping[str, Any], picture: Mapping[str, Any], day: date) -> dict[str, Any]:
    dashes = DASHES[edge.get("kind", "recorded")]
    look: dict[str, Any] = {
        "color": picture["types"][edge["type"]]["colour"],
        "width": 1 if edge.get("until", "9999") <= day.isoformat() else 2,
        "dashes": list(dashes) if dashes else False,
        "smooth": {"enabled": False},
    }
    words = [picture["types"][edge["type"]]["title"], edge.get("post"), edge.get("label")]
    look["title"] = " ".join(word for word in words if word)
    label = " ".join(word for word in (edge.get("mark"), edge.get("label")) if word)
    if label:
        # Not a label: the library would write it below the signs.
        look["figure"] = label
    if "gone" in edge:
        look |= {"color": {"color": look["color"], "opacity": GHOST}, "dashes": list(GHOST_DASH)}
    if edge.get("curve"):
        way = "curvedCW" if edge["from"] < edge["to"] else "curvedCCW"
        look["smooth"] = {"enabled": True, "type": way, "roundness": 0.16 * edge["curve"]}
    return look


def _script(picture: Mapping[str, Any], language: str, day: date) -> str:
    held = {
        "rings": rings_of(picture, day),
        "ring": texts()["canvas.ring"][language],
        "colour": picture["types"].get(GUARANTEE, {}).get("colour"),
        "nodes": {node["id"]: node for node in picture["nodes"]},
        "styles": picture["styles"],
        "levels": picture["levels"],
        "letters": picture["letters"],
    }
    # A name may hold </script>: no markup can end the script that holds it.
    data = json.dumps(held, ensure_ascii=False).replace("<", "\\u003c")
    # The same signs as on the canvas, drawn by the same module, once pyvis has made its network.
    modules = [(_ASSETS / name).read_text(encoding="utf-8") for name in _MODULES]
    return f"const kept = {data};\n" + "\n".join(modules).replace("export ", "")
