"""股权与控制: who holds a company and what it holds, who controls it, and by which addition."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.bootstrap import Services
from app.presenters import figures
from app.presenters.chain import name_of
from app.presenters.diagram import diagram
from app.presenters.ownership import controller_lines, word
from app.presenters.ownership_tree import (
    arrows,
    boxes,
    control_rows,
    part_rows,
    rule_rows,
    set_rows,
    stake_rows,
    sum_text,
    sums_line,
)
from app.presenters.party import source_text
from app.texts.read import spoken, text
from app.views import certifying, frame, on_canvas
from graph.analysis.beneficial import beneficial
from graph.analysis.beneficial_certificate import beneficial_certificate
from graph.analysis.concert import controls_together
from graph.analysis.control import controls
from graph.analysis.control_certificate import control_certificate
from graph.analysis.control_sums import most_votes, sums_behind
from graph.analysis.controller import Controller, controller
from graph.analysis.controller_certificate import controller_certificate
from graph.analysis.ownership import Owners, holdings, owners
from graph.analysis.ownership_certificate import holdings_certificate, owners_certificate
from graph.analysis.ownership_tree import MOST_BESIDE, MOST_DEPTH, Tree, ownership_tree
from graph.analysis.party import link_sources
from graph.analysis.view import View
from graph.errors import AnalysisError
from graph.policy.owner_rules import DEFAULT, chosen, owner_rules

UP, DOWN = "up", "down"
# Layers at first: the company, who holds it, and who holds those.
_LAYERS = 3
# Each owner's certificate is a system of its own: those of the largest are offered.
_CERTIFIED = 20
_QUERIES = {UP: "ownership.upstream", DOWN: "ownership.held_companies"}


def render(services: Services) -> None:
    """Draw the ownership around the chosen party."""
    st.title(text("ownership.title"))
    if services.snapshot() is None:
        frame.nothing_loaded()
        return
    frame.state_line(services)
    uid = frame.chosen_party(services)
    if uid is None:
        st.info(text("party.pick_first"))
        return
    node = services.loaded_snapshot().node(uid)
    st.header(frame.plain(node.name))
    way, depth = _asked(person=node.label == "Person")
    view = services.view(frame.as_of())
    with st.spinner(text("owning.working")):
        found = owners(view, uid) if way == UP else holdings(view, uid)
        tree = ownership_tree(view, uid, depth, upward=way == UP)
    with st.container():
        if node.label != "Person":
            _controller(services, view, uid)
    # In one place: the tables below stay where they are as layers and the day change.
    with st.container():
        _picture(services, tree, found)
        _rings(services, tree, found)
    _tables(services, view, tree, found)
    _certificates(services, view, uid, found, way)
    if node.label != "Person":
        _of_company(view, uid)
    certifying.receive("ownership")
    command = "owners" if way == UP else "holdings"
    query = next(one for one in services.queries() if one.id == _QUERIES[way])
    day = f"--as-of {frame.as_of()} --json"
    frame.statement(
        f"xinmai {command} {uid} {day}\nxinmai controller {uid} {day}\n"
        f"xinmai control {uid} {day}\nxinmai beneficial {uid} --rules all {day}",
        f"// $uid = '{uid}', $as_of = '{frame.as_of()}', $limit = 200\n{query.text}",
    )


def _asked(*, person: bool) -> tuple[str, int]:
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    way = left.segmented_control(
        text("owning.direction"),
        (UP, DOWN),
        default=DOWN if person else UP,
        format_func=lambda one: text(f"owning.{one}"),
        key=f"owning-way-{person}",
        required=True,
    )
    depth = right.slider(text("owning.depth"), 1, MOST_DEPTH, _LAYERS, key="owning-depth")
    return str(way), int(depth)


def _controller(services: Services, view: View, uid: str) -> None:
    """Say who ultimately controls the company, and show each addition behind it."""
    names = services.loaded_snapshot()
    found = controller(view, uid)
    st.subheader(text("owning.controller"))
    st.markdown(f"**{frame.plain(_outcome(services, view, found))}**")
    sums = sums_behind(view, found)
    for one in sums:
        st.markdown(frame.plain(sums_line(one, names)))
    if sums:
        with st.expander(text("owning.line_by_line"), expanded=True):
            for one in sums:
                for company in one.companies:
                    st.markdown("- " + frame.plain(sum_text(company, names)))
    # What was asked, the outcome and who it is stand above.
    for line in list(controller_lines(found, names))[3 if found.controller else 2 :]:
        st.caption(frame.plain(line))
    st.caption(text("owning.rule"))


def _outcome(services: Services, view: View, found: Controller) -> str:
    names = services.loaded_snapshot()
    if found.status == "found":
        share = figures.percent(found.votes)
        return text("owning.found", name=found.controller_name, votes=share)
    if found.status == "none":
        most, votes = most_votes(view, found.uid)
        if most:
            told = text("frame.comma").join(name_of(names, uid) for uid in most)
            return text("owning.nobody", name=told, votes=figures.percent(votes))
    return next(line for place, line in enumerate(controller_lines(found, names)) if place == 1)


def _picture(services: Services, tree: Tree, found: Owners) -> None:
    if not tree.stakes:
        key = "owning.none_up" if tree.upward else "owning.none_down"
        known = {"as_of": found.as_of, "snapshot": found.snapshot}
        st.info(text(key, name=frame.plain(found.name), **known))
        return
    nodes = services.loaded_snapshot().nodes(list(tree.layers))
    records = services.active_records(list(tree.layers), found.as_of)
    title = text("owning.picture", name=found.name)
    drawn = diagram(boxes(tree, found, nodes, records), arrows(tree), "TB", title)
    if drawn is None:
        st.warning(text("owning.no_picture"))
    else:
        st.html(drawn)
        st.caption(text("owning.legend"))
    st.caption(
        text(
            "owning.bounds",
            parties=len(tree.layers),
            stakes=len(tree.stakes),
            depth=tree.depth,
            looked=found.looked,
            capped=text("owning.cut" if found.capped else "owning.whole"),
            as_of=found.as_of,
            snapshot=found.snapshot,
        )
    )
    if tree.left_out or tree.deeper:
        left = sum(tree.left_out.values())
        st.info(text("owning.partly", left=left, most=MOST_BESIDE, deeper=len(tree.deeper)))


def _rings(services: Services, tree: Tree, found: Owners) -> None:
    """Name who holds one another: closed rings, those with a way out, and wrong sums."""
    names = services.loaded_snapshot()
    if found.undisclosed > 0:
        st.info(text("ownership.undisclosed", share=figures.percent(found.undisclosed)))
    closed = {frozenset(ring) for ring in found.rings}
    lines = [("ownership.ring", ring) for ring in found.rings]
    lines += [("owning.ring", ring) for ring in tree.rings if frozenset(ring) not in closed]
    if found.conflicts:
        lines.append(("ownership.conflict", found.conflicts))
    for key, members in lines:
        told = text("frame.comma").join(name_of(names, one) for one in members)
        st.warning(text(key, members=frame.plain(told)))


def _tables(services: Services, view: View, tree: Tree, found: Owners) -> None:
    snapshot = services.loaded_snapshot()
    parts, rules, control, direct = st.tabs(
        [text(f"owning.{key}") for key in ("parts", "rules", "controlled", "stakes")],
        key="ownership-tabs",
    )
    with parts:
        if found.holdings:
            frame.table(part_rows(found), "parts")
            on_canvas.offer(services, [found.uid, *(one.uid for one in found.holdings)], "parts")
        else:
            known = {"as_of": found.as_of, "snapshot": found.snapshot}
            st.info(text("ownership.none", looked=found.looked, **known))
    with rules:
        _rules(view, found.uid)
    with control:
        held = [*controls(view, found.uid), *controls_together(view, found.uid)]
        if held:
            frame.table(control_rows(held, snapshot), "controlled")
            on_canvas.offer(services, [found.uid, *(one.uid for one in held)], "controlled")
        else:
            st.info(text("owning.no_control", as_of=found.as_of, snapshot=snapshot.id))
    with direct:
        links = [snapshot.link(key) for one in tree.stakes for key in one.keys]
        behind = link_sources(snapshot, links)
        told = {key: source_text(said, spoken()) for key, said in behind.items()}
        if links:
            frame.table(stake_rows(tree, snapshot, told), "stakes")
            on_canvas.offer(services, list(tree.layers), "stakes")


def _rules(view: View, uid: str) -> None:
    """Draw whom each set of rules names, sets side by side."""
    found = beneficial(view, uid, chosen("all"))
    st.caption(text("owning.rules_note"))
    rows = rule_rows(found)
    if rows:
        frame.table(rows, "rules")
    else:
        st.info(text("owning.nobody_named"))
    frame.table(set_rows(found), "rule-sets")


def _certificates(services: Services, view: View, uid: str, found: Owners, way: str) -> None:
    st.subheader(text("owning.certificates"))
    if way == UP:
        largest = [one.uid for one in found.holdings if one.integrated is not None][:_CERTIFIED]
        st.markdown(text("owning.of_parts", count=len(largest)))
        _offer(lambda: owners_certificate(view, uid, largest), f"{uid}-owners")
        above = controller(view, uid).controller
    else:
        st.markdown(text("owning.of_holdings"))
        _offer(lambda: holdings_certificate(view, uid), f"{uid}-holdings")
        above = uid
    if above is not None:
        name = name_of(services.loaded_snapshot(), above)
        st.markdown(text("owning.of_control", name=frame.plain(name)))
        _offer(lambda: control_certificate(view, above), f"{above}-control")


def _of_company(view: View, uid: str) -> None:
    """Offer why nobody else controls the company, and whom one set of rules names."""
    st.markdown(text("owning.of_controller"))
    _offer(lambda: controller_certificate(view, uid), f"{uid}-controller")
    sets = owner_rules()
    rules = st.selectbox(
        text("owning.of_rules"),
        sorted(sets),
        index=sorted(sets).index(DEFAULT),
        format_func=lambda name: word(sets[name].title.text),
        key="owning-certified-rules",
    )
    _offer(lambda: beneficial_certificate(view, uid, sets[rules]), f"{uid}-{rules}")


def _offer(make: Any, name: str) -> None:  # noqa: ANN401 - a certificate's maker
    try:
        document: Mapping[str, Any] = make()
    except AnalysisError as error:
        st.warning(frame.why(error))
        return
    certifying.offer(lambda: document, name)
