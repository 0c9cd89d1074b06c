"""The canvas as a component of the page: files beside this module, nothing fetched from outside."""

import json
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from streamlit.components import v2
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

ASSETS = Path(__file__).parent / "assets"
NAME = "xinmai.canvas"
# What the canvas says is one value of its state, replaced whole.
SAID = "said"
# Beyond this the time goes up and the size hardly down.
_LEVEL = 6


def packed(picture: Mapping[str, Any]) -> bytes:
    """Return a picture as it travels: JSON, deflated to about an eighth."""
    content = json.dumps(picture, ensure_ascii=False, separators=(",", ":")).encode()
    return zlib.compress(content, _LEVEL)


def canvas(picture: bytes, key: str) -> None:
    """Draw a packed picture; what is drawn already stays where it is.

    What the canvas said last is then in the session under `key` and SAID, unchecked (events.py).
    """
    _declare()
    component = v2.component(NAME, html=_markup(), css="canvas.css", js="main.js")
    component(key=key, data=picture, on_said_change=_heard)


def _heard() -> None:
    """Hear what the canvas says: a value of its state is kept where something listens to it."""


@cache
def _markup() -> str:
    return (ASSETS / "canvas.html").read_text(encoding="utf-8")


def _declare() -> None:
    """Tell the running server where the files are: the library then travels once, not each time.

    Streamlit would look for a package called as the project is; ours are called by their floors.
    """
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        project, name = NAME.split(".")
        manifest = ComponentManifest(project, "1", [ComponentConfig(name, ASSETS.name)])
        manager.register_from_manifest(manifest, ASSETS.parent)
