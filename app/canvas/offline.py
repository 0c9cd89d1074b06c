"""The canvas as one HTML file that opens anywhere: pyvis with everything inside, no request."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from pyvis.network import Network

# Styles and scripts that pyvis's page would fetch; what it needs of them is inside already.
_OUTSIDE = re.compile(
    r"<link[^>]*https?://[^>]*/?>|<script[^>]*src=\"https?://[^>]*>\s*</script>", re.DOTALL
)


def offline_page(picture: Mapping[str, Any], title: str, bounds: str) -> str:
    """Return a page that draws the picture; `bounds` says snapshot, day and what was left out."""
    drawn = Network(height="820px", width="100%", directed=True, cdn_resources="in_line")
    drawn.toggle_physics(False)  # noqa: FBT003 - pyvis's own signature
    for node in picture["nodes"]:
        vis = {name: value for name, value in node["vis"].items() if name != "label"}
        place = {"x": node["x"], "y": node["y"], "physics": False}
        card = "\n".join(line for line in node["card"] if line)
        drawn.add_node(node["id"], label=node["vis"]["label"], title=card, **vis, **place)
    for edge in picture["edges"]:
        card = "\n".join(line for line in edge["card"] if line)
        drawn.add_edge(edge["from"], edge["to"], id=edge["id"], title=card, **edge["vis"])
    page = _OUTSIDE.sub("", drawn.generate_html(notebook=False))
    head = f"<title>{escape(title)}</title></head>"
    said = f"<body><h3>{escape(title)}</h3><p>{escape(bounds)}</p>"
    return page.replace("</head>", head, 1).replace("<body>", said, 1)
