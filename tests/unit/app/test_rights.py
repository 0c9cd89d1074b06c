"""The permission matrix, cell by cell, and each service that writes or shows held to it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app import deciding, intake
from app.acting import acting_for, acts_of, require
from app.bootstrap import Services, open_services
from app.canvas import sharing
from app.desk.jobs import NewJob
from app.desk.leads import LeadDecision
from app.desk.review import Asked
from app.desk.views import View, Views
from app.jobs import control
from app.known import house_known_at
from app.listing import read_text
from app.main import SCREENS
from app.reports.ask import Asked as AskedReport
from app.reports.ask import ground_of
from app.reports.batch import issue_list
from app.reports.issue import hand_out
from app.rights import APART, JOBS, PAGES, TABLE, Right, Role, right_of_job
from app.settings import read_settings
from app.texts.read import texts
from app.users import EVERYBODY, Users, read_users, user_of
from graph.errors import RightError, XinmaiError
from tests.factory import write_small

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
LOGINS = {
    "cha": Role.QUERIER,
    "he": Role.INVESTIGATOR,
    "shen": Role.REVIEWER,
    "guan": Role.DATA_ADMINISTRATOR,
    "ji": Role.AUDITOR,
}
FILE = 'contact = "信息中心"\n' + "".join(
    f'[[user]]\nlogin = "{login}"\nname = "{role}甲"\nroles = ["{role}"]\n'
    for login, role in LOGINS.items()
)
# What domain.md S-17 and the screens ask for, written out: 查询 核查 审核 数据 审计.
MATRIX: Mapping[str, str] = {
    "look": "yes yes yes yes no",
    "judge": "no yes yes no no",
    "approve": "no no yes no no",
    "report": "no yes yes no no",
    "cypher": "no yes yes no no",
    "load": "no no no yes no",
    "rebuild": "no no yes yes no",
    "hand_over": "no no yes yes no",
    "audit": "no no no no yes",
}
CELLS = [
    (Right(right), role, word == "yes")
    for right, row in MATRIX.items()
    for role, word in zip(LOGINS.values(), row.split(), strict=True)
]
NODES = [
    {"uid": "a", "name": "深圳市甲有限公司"},
    {"uid": "b", "name": "深圳市乙有限公司"},
]


@pytest.fixture
def house(tmp_path: Path) -> Services:
    """A workspace of two companies and five people, each with one role."""
    made = open_services(read_settings({}, tmp_path / "w"), create=True)
    snapshot = write_small(made.workspace.snapshots, NODES)
    made.workspace.set_current(snapshot.id)
    (made.workspace.folder / "users.toml").write_text(FILE, encoding="utf-8")
    return made


def of(house: Services, login: str) -> Services:
    """Return the services as they act for somebody."""
    return acting_for(house, user_of(read_users(house.workspace.folder), login))


@pytest.mark.parametrize(("right", "role", "may"), CELLS)
def test_each_cell_of_the_matrix(right: Right, role: Role, *, may: bool) -> None:
    users = Users.model_validate({"user": [{"login": "x", "name": "某", "roles": [role]}]})

    assert user_of(users, "x").has(right) is may
    assert (role in TABLE[right]) is may


def test_the_matrix_has_every_right_and_nobody_both_loads_and_audits() -> None:
    assert set(MATRIX) == {right.value for right in Right}
    assert {frozenset({Role.DATA_ADMINISTRATOR, Role.AUDITOR})} == set(APART)
    assert not any(apart <= roles for roles in TABLE.values() for apart in APART)


def test_every_screen_and_every_kind_of_job_has_a_right_and_every_right_two_names() -> None:
    assert set(PAGES) == {name for _, name in SCREENS}
    assert all(right_of_job(kind) is right for kind, right in JOBS.items())
    assert right_of_job("of another release") is Right.LOAD
    assert {f"right.{right}" for right in Right} <= set(texts())
    assert {f"right.means.{right}" for right in Right} <= set(texts())
    assert {f"right.role.{role.name.lower()}" for role in Role} <= set(texts())


def _lead(author: str) -> LeadDecision:
    return LeadDecision(
        0, "hub-1", ("a",), "hub", 1, 1, "线索", "confirm", author, "理由", None, "s",
        NOW.isoformat(),
    )  # fmt: skip


def _views(house: Services) -> Views:
    return Views(f"sqlite:///{house.workspace.desk}")


def _asked(kind: str = "check") -> NewJob:
    return NewJob(kind, "名单", ("status",), "0001", "谁")


def _hand_out(one: Services, place: Path) -> None:
    # What it stands on is put together for the server itself: the refusal is the report's own.
    ground = ground_of(acting_for(one, EVERYBODY), DAY)
    hand_out(one, ground, AskedReport("a", "信用调查", DAY), (), place, NOW)


def _issue_list(one: Services, place: Path) -> None:
    listing = read_text("甲公司\n", "名单", None, None)
    asked = AskedReport("", "信用调查", DAY)
    issue_list(one, listing, asked, formats=("json",), out=place, now=NOW, progress=lambda _: None)


def _learn(one: Services) -> None:
    intake.learn(one, one.catalogue.resource("shareholding"), {"投资人": "holder"})


def _view(title: str = "视图") -> View:
    return View("", title, None, "s", "2026-11-23", {}, "")


Call = Callable[[Services, Path], object]
# Each function that writes or shows: the right it asks for, and a call of it.
CALLS: Mapping[str, tuple[Right, Call]] = {
    "loaded_snapshot": (Right.LOOK, lambda one, _: one.loaded_snapshot()),
    "search": (Right.LOOK, lambda one, _: one.search("甲")),
    "party": (Right.LOOK, lambda one, _: one.party("a")),
    "view": (Right.LOOK, lambda one, _: one.view(DAY)),
    "expose": (Right.LOOK, lambda one, _: one.expose("a", DAY)),
    "paths": (Right.LOOK, lambda one, _: one.paths("a", "b", DAY)),
    "network": (Right.LOOK, lambda one, _: one.network(["a"], as_of=DAY)),
    "leads": (Right.LOOK, lambda one, _: one.leads(None, {}, DAY)),
    "decide": (
        Right.JUDGE,
        lambda one, _: one.decide(Asked("a", "b", "same", "谁", "理由"), NOW),
    ),
    "detach": (
        Right.JUDGE,
        lambda one, _: one.detach(Asked("a", "row", "different", "谁", "理由"), NOW),
    ),
    "decide_lead": (Right.JUDGE, lambda one, _: deciding.decide_lead(one, _lead("谁"))),
    "load": (
        Right.LOAD,
        lambda one, place: one.load(
            [place / "none.csv"], None, to_store=False, progress=lambda _: None
        ),
    ),
    "rebuild": (
        Right.REBUILD,
        lambda one, _: one.load([], None, to_store=False, progress=lambda _: None),
    ),
    "take_graph": (
        Right.LOAD,
        lambda one, place: one.take_graph(
            place / "n", place / "e", None, to_store=False, progress=lambda _: None
        ),
    ),
    "take_exchange": (
        Right.LOAD,
        lambda one, place: one.take_exchange(
            place / "x", "bods", to_store=False, progress=lambda _: None
        ),
    ),
    "learn": (Right.LOAD, lambda one, _: _learn(one)),
    "queue of a list": (Right.REPORT, lambda one, _: control.queue(one, _asked(), NOW)),
    "queue of a load": (Right.LOAD, lambda one, _: control.queue(one, _asked("load"), NOW)),
    "queue of a day": (Right.LOOK, lambda one, _: control.queue(one, _asked("known"), NOW)),
    "find a job": (Right.REPORT, lambda one, _: control.find(one, 1)),
    "stop a job": (Right.REPORT, lambda one, _: control.stop(one, 1, "谁", NOW)),
    "hand_out": (Right.REPORT, _hand_out),
    "issue_list": (Right.REPORT, _issue_list),
    "house_known_at": (Right.LOOK, lambda one, _: house_known_at(one, DAY, lambda _line: None)),
    "keep a view": (Right.LOOK, lambda one, _: sharing.save(one, _views(one), _view(), NOW)),
    "open a view": (Right.LOOK, lambda one, _: sharing.find(one, _views(one), "none")),
    "note": (
        Right.LOOK,
        lambda one, _: sharing.add_note(one, _views(one), "a", "字", "谁", "s", NOW),
    ),
}


def _refusal(call: Call, one: Services, place: Path) -> RightError | None:
    """Return the refusal of a call; whoever may goes on to what else is wrong with it."""
    try:
        with suppress(FileNotFoundError):
            call(one, place)
    except RightError as error:
        return error
    except XinmaiError:
        pass
    return None


@pytest.mark.parametrize("login", LOGINS)
def test_each_service_refuses_exactly_those_without_the_right(
    house: Services, tmp_path: Path, login: str
) -> None:
    # The job that some of them are about.
    control.queue(acting_for(house, EVERYBODY), _asked(), NOW)
    role = LOGINS[login]

    for name, (right, call) in CALLS.items():
        refusal = _refusal(call, of(house, login), tmp_path)
        assert (refusal is None) is (role in TABLE[right]), name
        if refusal is not None:
            # Who may not even look is refused that first.
            lacking = Right(refusal.thing)
            assert lacking in {right, Right.LOOK} - {one for one in Right if role in TABLE[one]}
            assert f"{role}甲" in str(refusal)
            assert all(one in str(refusal) for one in TABLE[lacking])
            assert "信息中心" in str(refusal)


def test_nobody_who_is_unknown_sees_or_writes_anything(house: Services, tmp_path: Path) -> None:
    control.queue(acting_for(house, EVERYBODY), _asked(), NOW)
    stranger = of(house, "stranger")

    for _, call in CALLS.values():
        with pytest.raises(RightError, match=r"is nobody in users\.toml"):
            call(stranger, tmp_path)


def test_services_of_a_workspace_with_users_act_for_nobody_until_they_are_given_one(
    house: Services,
) -> None:
    again = open_services(read_settings({}, house.workspace.folder))

    with pytest.raises(RightError):
        again.loaded_snapshot()


def test_a_decision_is_signed_by_the_person_and_not_by_what_was_typed(house: Services) -> None:
    he = of(house, "he")

    made = he.decide(Asked("a", "b", "same", "冒名", "理由"), NOW)
    lead = deciding.decide_lead(he, _lead("冒名"))
    back = deciding.undo_judgement(he, made.id, "冒名", NOW)

    assert (made.author, lead.author, back.undone_by) == ("核查员甲", "核查员甲", "核查员甲")


def test_what_another_decided_is_taken_back_by_who_may_approve_alone(house: Services) -> None:
    shen, he = of(house, "shen"), of(house, "he")
    made = shen.decide(Asked("a", "b", "same", "", "理由"), NOW)
    lead = deciding.decide_lead(shen, _lead(""))

    with pytest.raises(RightError, match="approve"):
        deciding.undo_judgement(he, made.id, "", NOW)
    with pytest.raises(RightError, match="approve"):
        deciding.undo_lead(he, lead.id, "", NOW)

    own = deciding.decide_lead(he, replace(_lead(""), lead="hub-2"))
    assert deciding.undo_lead(shen, own.id, "", NOW).undone_by == "审核员甲"


def test_of_two_who_must_agree_one_may_approve(house: Services) -> None:
    more = '[[user]]\nlogin = "he2"\nname = "核查员乙"\nroles = ["核查员"]\n'
    (house.workspace.folder / "users.toml").write_text(FILE + more, encoding="utf-8")
    two = replace(house, settings=replace(house.settings, review_persons=2))
    asked = Asked("a", "b", "same", "", "理由")
    of(two, "he").decide(asked, NOW)

    with pytest.raises(RightError, match="approve"):
        of(two, "he2").decide(asked, NOW)
    # Another opinion is no second one, and whoever approves makes it count.
    of(two, "he2").decide(replace(asked, decision="unsure"), NOW)
    assert two.effective() == ()
    of(two, "shen").decide(asked, NOW)

    assert [one.decision for one in two.effective()] == ["same"]


def test_a_job_is_its_askers_and_seen_by_who_may(house: Services) -> None:
    job = control.queue(of(house, "he"), _asked(), NOW)

    assert job.author == "核查员甲"
    assert [one.id for one in control.latest(of(house, "shen"))] == [job.id]
    assert control.latest(of(house, "cha")) == []
    assert control.latest(of(house, "guan")) == []


def test_a_view_opens_to_whom_its_author_said(house: Services) -> None:
    views = _views(house)
    he, cha, shen = (of(house, login) for login in ("he", "cha", "shen"))
    kept = {
        to: sharing.save(he, views, replace(_view(to), open_to=to), NOW).id
        for to in sharing.OPEN_TO
    }

    assert all(sharing.find(he, views, one) is not None for one in kept.values())
    assert {one.title for one in sharing.listed(shen, views)} == {"judge", "look"}
    assert {one.title for one in sharing.listed(cha, views)} == {"look"}
    with pytest.raises(RightError, match=r"核查员甲.*for nobody else"):
        sharing.find(shen, views, kept["own"])
    with pytest.raises(RightError, match="judge"):
        sharing.find(cha, views, kept["judge"])
    found = sharing.find(cha, views, kept["look"])
    assert found is not None
    assert found.author == "核查员甲"


def test_another_saves_a_copy_and_not_over_it(house: Services) -> None:
    views = _views(house)
    kept = sharing.save(of(house, "he"), views, replace(_view(), open_to=sharing.ALL), NOW)
    shen = of(house, "shen")

    with pytest.raises(RightError, match="alone saves over"):
        sharing.save(shen, views, kept, NOW)
    copy = sharing.save(shen, views, replace(kept, id="", copied_from=kept.id), NOW)

    assert (copy.author, copy.copied_from) == ("审核员甲", kept.id)


def test_a_view_of_before_there_were_users_opens_to_all_who_look(house: Services) -> None:
    views = _views(house)
    old = sharing.save(acting_for(house, EVERYBODY), views, _view(), NOW)

    assert sharing.find(of(house, "cha"), views, old.id) is not None
    with pytest.raises(RightError):
        sharing.find(of(house, "ji"), views, old.id)


def test_a_role_that_is_taken_away_is_gone_from_what_is_open(house: Services) -> None:
    he = of(house, "he")
    he.loaded_snapshot()

    (house.workspace.folder / "users.toml").write_text(
        FILE.replace('"he"', '"somebody else"'), encoding="utf-8"
    )

    with pytest.raises(RightError, match=r"is nobody in users\.toml"):
        he.loaded_snapshot()


def test_refusals_and_writes_are_noted_and_looking_is_not(house: Services) -> None:
    he, cha = of(house, "he"), of(house, "cha")
    he.loaded_snapshot()
    he.decide(Asked("a", "b", "same", "", "理由"), NOW)
    with pytest.raises(RightError):
        require(cha, Right.LOAD, "股东.csv")

    acts = acts_of(house.workspace).listed(10)

    assert [(one.login, one.right, one.thing, one.allowed) for one in acts] == [
        ("cha", "load", "股东.csv", False),
        ("he", "judge", "a / b: same", True),
    ]
    assert acts[0].who == "查询员甲（查询员）"
    assert [one.login for one in acts_of(house.workspace).listed(10, refused=True)] == ["cha"]


def test_where_nobody_is_named_everything_is_allowed_and_nothing_noted(house: Services) -> None:
    everybody = acting_for(house, EVERYBODY)

    everybody.decide(Asked("a", "b", "same", "李四", "理由"), NOW)

    assert everybody.judgements.standing()[0].author == "李四"
    assert acts_of(house.workspace).count() == 0


def test_services_for_two_people_share_what_is_open_and_not_whom_they_act_for(
    house: Services,
) -> None:
    he, ji = of(house, "he"), of(house, "ji")

    assert he.catalogue is ji.catalogue
    assert he.judgements is ji.judgements
    he.view(DAY)
    with pytest.raises(RightError):
        ji.view(DAY)
    # Other settings are other services: they open their own.
    assert replace(he, settings=he.settings).judgements is not he.judgements
