"""Words and sizes that Streamlit sets by itself: uploaders speak English, heads are large."""

import streamlit as st

from app.texts.read import spoken, text

# A title stands above its figures, not instead of them: 28, 20 and 16 pixels beside text of 14.
_HEADS = """
[data-testid="stMain"] h1 { font-size: 1.9rem; padding: 0.5rem 0; }
[data-testid="stMain"] h2 { font-size: 1.45rem; padding: 0.4rem 0; }
[data-testid="stMain"] h3 { font-size: 1.15rem; padding: 0.3rem 0; }
"""
_UPLOADER = """
[data-testid="stFileUploaderDropzoneInstructions"] span {{ display: none; }}
[data-testid="stFileUploaderDropzone"] button [data-testid="stMarkdownContainer"] p
{{ font-size: 0; }}
[data-testid="stFileUploaderDropzone"] button [data-testid="stMarkdownContainer"]::after
{{ content: "{choose}"; }}
[data-testid="stFileUploaderDropzoneInstructions"]::after {{ content: "{drop}"; color: #57606A; }}
"""


def draw() -> None:
    """Set the sizes of heads and, where Chinese is spoken, the words of every uploader."""
    rules = _HEADS
    if spoken() == "zh":
        most = st.get_option("server.maxUploadSize")
        words = {"choose": text("frame.choose_files"), "drop": text("frame.drop_here", most=most)}
        rules += _UPLOADER.format(**words)
    st.html(f"<style>{rules}</style>")
