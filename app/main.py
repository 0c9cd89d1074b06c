"""The app's entry: streamlit run app/main.py."""

from collections.abc import Callable
from importlib import import_module

import streamlit as st

from app.texts.read import text
from app.views import frame, known, sidebar, wording

# One line a screen, in the order of the menu: the title of its group and its name, which is its
# module under app.views, its address and the key of its texts.
SCREENS = (
    ("app.group", "overview"),
    ("app.group", "search"),
    ("app.group", "party"),
    ("app.group", "network"),
    ("app.group", "paths"),
    ("app.group", "exposure"),
    ("app.group", "ownership"),
    ("app.group", "leads"),
    ("app.check", "review"),
    ("app.results", "report"),
    ("app.results", "batch"),
    ("app.results", "query"),
    ("app.data", "data"),
)
FIRST = "overview"


def _draw(name: str) -> Callable[[], None]:
    def show() -> None:
        with frame.told(retry=True):
            # Imported when it is first shown: no screen waits for the libraries of another.
            import_module(f"app.views.{name}").render(known.house(name))

    return show


def main() -> None:
    """Draw the frame and the chosen screen."""
    st.set_page_config(page_title="信脉 Xinmai", layout="wide")
    frame.choose_language()
    wording.draw()
    pages = {
        name: st.Page(_draw(name), title=text(f"{name}.title"), url_path=name)
        for _, name in SCREENS
    }
    # The default page has no address of its own: the first screen answers at / and at its name.
    home = st.Page(_draw(FIRST), title=text(f"{FIRST}.title"), url_path="home", default=True)
    st.session_state["pages"] = pages
    chosen = st.navigation([home, *pages.values()], position="hidden")
    menu = pages | ({FIRST: home} if chosen == home else {})
    with frame.told():
        sidebar.draw([(text(group), menu[name]) for group, name in SCREENS])
    chosen.run()


main()
