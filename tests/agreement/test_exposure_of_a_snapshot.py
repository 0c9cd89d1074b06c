"""Case G from files: what a written snapshot answers is what the sketch answers."""

from datetime import date
from pathlib import Path

import pytest

from graph.analysis.certificate import certificate
from graph.analysis.control import controls
from graph.analysis.edits import DropLink, DropRecord
from graph.analysis.exposure import expose
from graph.analysis.verify import verify
from graph.analysis.view import View, open_view
from graph.errors import AnalysisError
from graph.policy.read import load_policy
from tests.factory import write_small

CLIENTS = [f"k{number:02}" for number in range(38)]


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    companies = [{"uid": uid, "label": "Enterprise"} for uid in ("A", "C", "D", "T", *CLIENTS)]
    people = [{"uid": uid, "label": "Person"} for uid in "HR"]
    work = {"uid": "g1", "label": "Engagement"}
    links = [
        {"key": "RD", "type": "REPRESENTS", "source": "R", "target": "D"},
        {"key": "RC", "type": "REPRESENTS", "source": "R", "target": "C"},
        {"key": "HD", "type": "HOLDS_SHARES", "source": "H", "target": "D", "share": 0.6},
        {"key": "HC", "type": "HOLDS_SHARES", "source": "H", "target": "C", "share": 0.4},
        {"key": "CT", "type": "HOLDS_SHARES", "source": "C", "target": "T", "share": 0.08},
        {"key": "AC", "type": "SERVES", "source": "A", "target": "C"},
        {"key": "Ag", "type": "PERFORMED", "source": "A", "target": "g1"},
        {"key": "gD", "type": "ENGAGED_FOR", "source": "g1", "target": "D"},
        *({"type": "SERVES", "source": "A", "target": uid} for uid in CLIENTS),
    ]
    record = {
        "uid": "court",
        "subject": "D",
        "class": "court_defaulter",
        "status": "active",
        "decided_on": date(2025, 1, 1),
        "published_until": date(2027, 1, 1),
    }
    folder = tmp_path_factory.mktemp("snapshots")
    snapshot = write_small(folder, [*companies, *people, work], links, [record])
    return open_view(snapshot, load_policy(), date(2026, 11, 22))


def test_case_g_of_a_snapshot(view: View) -> None:
    found = {uid: round(expose(view, uid).exposure, 6) for uid in "CRHTAD"}
    assert found == {
        "C": 0.555690,
        "R": 0.768779,
        "H": 0.545321,
        "T": 0.053346,
        "A": 0.036055,
        "D": 0,
    }
    assert expose(view, "A").contributions[0].types == ("SERVES",)
    assert verify(certificate(view, "A")).ok


@pytest.mark.parametrize(("key", "exposure"), [("RC", 0.217764), ("HC", 0.433278)])
def test_what_if_of_a_snapshot(view: View, key: str, exposure: float) -> None:
    assert round(expose(view, "C", edits=[DropLink(key)]).exposure, 6) == exposure
    assert expose(view, "C", edits=[DropRecord("court")]).exposure == 0


def test_dropping_an_engagement_drops_the_service(view: View) -> None:
    through = expose(view, "A").contributions[0].links[0]
    dropped = [expose(view, "C", edits=[DropLink(key)]).exposure for key in ("Ag", "gD", through)]
    assert dropped == [pytest.approx(1 - 0.568 * 0.784)] * 3


def test_control_and_refusals_of_a_snapshot(view: View) -> None:
    assert [item.uid for item in controls(view, "H")] == ["D"]
    with pytest.raises(AnalysisError, match="zz"):
        expose(view, "C", edits=[DropLink("zz")])


def test_a_record_counts_from_its_decision_to_the_end_of_publication(view: View) -> None:
    for day, counts in (
        (date(2024, 12, 31), False),
        (date(2025, 1, 1), True),
        (date(2027, 1, 1), True),
        (date(2027, 1, 2), False),
    ):
        on = open_view(view.snapshot, view.policy, day)
        assert (expose(on, "R").exposure > 0) is counts


def test_fade_lets_a_penalty_end_slowly(tmp_path: Path) -> None:
    record = {
        "uid": "penalty",
        "subject": "D",
        "class": "penalty",
        "severity": "serious",
        "status": "active",
        "decided_on": date(2025, 6, 1),
    }
    links = [{"type": "REPRESENTS", "source": "R", "target": "D"}]
    nodes = [{"uid": "D"}, {"uid": "R", "label": "Person"}]
    snapshot = write_small(tmp_path, nodes, links, [record])
    policy = load_policy()
    fade = policy.publication.model_copy(update={"rule": "fade"})
    faded = open_view(snapshot, policy.model_copy(update={"publication": fade}), date(2026, 11, 22))
    assert expose(faded, "D").own == round(0.7 * 0.761644, 6)
    assert expose(open_view(snapshot, policy, date(2026, 11, 22)), "D").own == 0.7
