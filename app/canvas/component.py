"""The canvas as a Streamlit component: files beside this module, nothing fetched from outside."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit.components.v1 as components

ASSETS = Path(__file__).parent / "assets"
HEIGHT = 600
_component = components.declare_component("xinmai_canvas", path=str(ASSETS))


def packed(picture: Mapping[str, Any]) -> bytes:
    """Return a picture as it travels: as bytes, where a Chinese character takes three.

    As an argument of its own each would be escaped to six.
    """
    return json.dumps(picture, ensure_ascii=False, separators=(",", ":")).encode()


def canvas(picture: bytes, mark: str, key: str) -> object:
    """Draw a packed picture and return what the canvas said last, unchecked (see events.py).

    What is drawn already stays where it is. The same picture is not sent twice. `mark` differs
    with each picture: the page hands bytes on only where a plain argument has changed, too.
    """
    return _component(picture=picture, mark=mark, height=HEIGHT, key=key, default=None)
