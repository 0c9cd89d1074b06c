"""The app's entry: streamlit run app/main.py."""

from collections.abc import Callable

import streamlit as st

from app.bootstrap import Services
from app.texts.read import text
from app.views import exposure, frame, network, overview, party, review, search
from graph.errors import XinmaiError


def _page(draw: Callable[[Services], None]) -> Callable[[], None]:
    def show() -> None:
        try:
            draw(frame.house())
        except XinmaiError as error:
            # Where a person is told: thing, value and rule in one line, and the rest stays usable.
            st.error(frame.plain(str(error)))

    return show


def main() -> None:
    """Draw the frame and the chosen screen."""
    st.set_page_config(page_title="信脉 Xinmai", layout="wide")
    frame.choose_language()
    screens = {
        "overview": overview.render,
        "search": search.render,
        "party": party.render,
        "network": network.render,
        "exposure": exposure.render,
        "review": review.render,
    }
    pages = {
        name: st.Page(
            _page(draw), title=text(f"{name}.title"), url_path=name, default=name == "overview"
        )
        for name, draw in screens.items()
    }
    st.session_state["pages"] = pages
    chosen = st.navigation({text("app.group"): list(pages.values())})
    frame.draw_sidebar()
    chosen.run()


main()
