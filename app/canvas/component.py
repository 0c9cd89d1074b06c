"""The canvas as a Streamlit component: files beside this module, nothing fetched from outside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit.components.v1 as components

ASSETS = Path(__file__).parent / "assets"
HEIGHT = 620
_component = components.declare_component("xinmai_canvas", path=str(ASSETS))


def canvas(picture: Mapping[str, Any], texts: Mapping[str, str], key: str) -> object:
    """Draw a picture and return what the canvas said last, unchecked (see events.read_event).

    `picture` is {revision, lang, nodes, edges, legend}; what is drawn already stays where it is.
    """
    return _component(**picture, texts=dict(texts), height=HEIGHT, key=key, default=None)
