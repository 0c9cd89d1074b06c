"""The app's entry: streamlit run app/main.py."""

from collections.abc import Callable
from importlib import import_module

import streamlit as st

from app.rights import PAGES
from app.texts.read import text
from app.users import User
from app.views import address, frame, gate, known, no_page, no_right, person, sidebar, wording

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
    ("app.governance", "audit"),
)
# There is nobody to look after where everybody may do everything.
NAMED_ONLY = ("audit",)


def _draw(name: str) -> Callable[[], None]:
    def show() -> None:
        with frame.told(retry=True):
            # Imported when it is first shown: no screen waits for the libraries of another.
            import_module(f"app.views.{name}").render(known.house(name))

    return show


def _absent(name: str, user: User) -> Callable[[], None]:
    """Return what stands at the address of a screen that a person has no right to."""

    def show() -> None:
        st.title(text(f"{name}.title"))
        no_right.draw(user, PAGES[name])
        gate.note_once(name)

    return show


def _nowhere(name: str, first: st.Page) -> st.Page:
    """Return what stands at an address that is no screen's."""
    title = text("no_page.title")
    return st.Page(lambda: no_page.draw(name, first), title=title, url_path=name)


def main() -> None:
    """Draw the frame and the chosen screen."""
    st.set_page_config(page_title="信脉 Xinmai", layout="wide")
    frame.choose_language()
    wording.draw()
    with frame.told(retry=True):
        user = person.here()
        if user.named and user.person is None:
            gate.stranger(user)
        else:
            _navigate(user)


def _navigate(user: User) -> None:
    """Draw the screens that a person may use; another's address says why there is none."""
    there = [(group, name) for group, name in SCREENS if user.named or name not in NAMED_ONLY]
    shown = [(group, name) for group, name in there if user.has(PAGES[name])]
    pages = {
        name: st.Page(_draw(name), title=text(f"{name}.title"), url_path=name) for _, name in shown
    }
    absent = [
        st.Page(_absent(name, user), title=text(f"{name}.title"), url_path=name)
        for _, name in there
        if name not in pages
    ]
    # The default page has no address of its own: the first screen answers at / and at its name.
    first = shown[0][1]
    home = st.Page(_draw(first), title=text(f"{first}.title"), url_path=address.HOME, default=True)
    st.session_state["pages"] = pages
    # Streamlit has a dialog in English for an address without a screen: here each has one.
    wrong = no_page.asked({address.HOME, *(name for _, name in there)})
    nowhere = [] if wrong is None else [_nowhere(wrong, home)]
    chosen = st.navigation([home, *pages.values(), *absent, *nowhere], position="hidden")
    menu = pages | ({first: home} if chosen == home else {})
    with frame.told():
        sidebar.draw([(text(group), menu[name]) for group, name in shown])
    chosen.run()


main()
