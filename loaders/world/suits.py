"""Civil and commercial suits: a row for each plaintiff and defendant, written as courts do."""

import numpy as np
import polars as pl

from loaders.world.decisions import COURT_NOISE, DIRT
from loaders.world.noise import dirty, missing, noisy_names, written_dates
from loaders.world.registers import Integers, World
from loaders.world.tables import TRUE, Sheets
from loaders.world.words import pick, pick_weighted, words

SHEET = "民商事案件"
# One suit for so many firms; of the sides so many are persons, of suits so many have a second
# defendant, as a rule who stands surety.
FIRMS_BY_SUIT, FEWEST = 40, 12
PERSON_SUES, PERSON_SUED, SECOND = 0.25, 0.2, 0.25
# As courts write: of names so many are noisy, of codes so many are missing (domain.md 4.4).
CODE_MISSING, PENDING, WITH_COMMAS = 0.4, 0.2, 0.1
CAUSES = {
    "买卖合同纠纷": 30,
    "金融借款合同纠纷": 14,
    "民间借贷纠纷": 16,
    "建设工程施工合同纠纷": 10,
    "租赁合同纠纷": 10,
    "承揽合同纠纷": 8,
    "侵害商标权纠纷": 4,
    "股东资格确认纠纷": 2,
}
OUTCOMES = {"支持原告诉讼请求": 5, "部分支持": 3, "驳回诉讼请求": 2, "调解结案": 4, "撤诉": 3}


def suits(rng: np.random.Generator, world: World, sheets: Sheets) -> None:
    """Add the suits; they draw from streams of their own, so that no other file changes."""
    # What happened, and how a court wrote it down: another noise leaves the suits as they were.
    own, writing = rng.spawn(2)
    count = max(FEWEST, world.firms.height // FIRMS_BY_SUIT)
    several = np.where(own.random(count) < SECOND, 2, 1)
    suit = np.repeat(np.arange(count), several)
    plaintiff = _side(own, world, count, PERSON_SUES)[suit]
    defendant = _side(own, world, suit.size, PERSON_SUED)
    filed = np.datetime64("2024-03-01") + own.integers(0, 900, count)
    decided = filed + own.integers(30, 300, count)
    year = filed.astype("datetime64[Y]").astype(int) + 1970
    cities = list(words()["cities"])
    city = own.integers(0, len(cities), count)
    amount = np.exp(own.normal(12.5, 1.4, count))
    written = [f"{one:,.2f}" if writing.random() < WITH_COMMAS else f"{one:.2f}" for one in amount]
    cause = pick_weighted(own, CAUSES, count)
    outcome = pick_weighted(own, OUTCOMES, count)
    day = missing(own, written_dates(writing, _days(decided)), PENDING)
    frame = pl.DataFrame(
        {
            "案号": [
                f"（{year[one]}）粤{cities[city[one]][2:]}民初{one + 1}号" for one in suit.tolist()
            ],
            "审理法院": [
                f"{words()['cities'][cities[city[one]]]['name']}市中级人民法院" for one in suit
            ],
            "案由": cause[suit].tolist(),
            "立案日期": written_dates(writing, _days(filed[suit]), mixed=False),
            "裁判日期": day.gather(suit),
            **_written(writing, world, "原告", plaintiff),
            **_written(writing, world, "被告", defendant),
            "标的额(元)": [written[one] for one in suit],
            "裁判结果": outcome[suit].tolist(),
            "文书来源": pick(own, ["中国裁判文书网", "法院案件管理系统"], None, suit.size).tolist(),
            f"{TRUE}plaintiff": _ids(world, plaintiff),
            f"{TRUE}defendant": _ids(world, defendant),
        }
    )
    sheets.add(SHEET, dirty(writing, frame, "立案日期", DIRT, "待定").to_dict(), encoding="gb18030")


def _side(rng: np.random.Generator, world: World, size: int, persons: float) -> Integers:
    """Return who stands on one side: a firm by its place, a person by -1 less its place."""
    listed = np.flatnonzero(world.firms["kind"] == "company")
    firm = rng.choice(listed, size).astype(np.int64)
    person = rng.integers(0, world.people.height, size).astype(np.int64)
    return np.where(rng.random(size) < persons, -1 - person, firm)


def _days(days: "np.ndarray[tuple[int], np.dtype[np.datetime64]]") -> pl.Series:
    return pl.Series(days.astype("datetime64[D]"))


def _ids(world: World, side: Integers) -> list[str]:
    firms, people = world.firm_ids(side), world.person_ids(-1 - side)
    return [
        firm if place >= 0 else person
        for place, firm, person in zip(side.tolist(), firms, people, strict=True)
    ]


def _written(
    rng: np.random.Generator, world: World, side: str, who: Integers
) -> dict[str, pl.Series]:
    """Return name and number of one side, as a court writes them."""
    firm, person = np.maximum(who, 0), np.maximum(-1 - who, 0)
    frame = pl.DataFrame(
        {
            "is_firm": who >= 0,
            "firm": noisy_names(rng, world.firm("name", firm), COURT_NOISE),
            "code": missing(rng, world.firm("uscc", firm), CODE_MISSING),
            "person": world.person("name", person),
            "number": world.person("id_number", person),
        }
    )
    names = frame.select(
        pl.when("is_firm").then("firm").otherwise("person").alias("name"),
        pl.when("is_firm").then("code").otherwise("number").alias("code"),
    )
    leaders = pl.Series(
        [
            leader if place >= 0 else ""
            for place, leader in zip(
                who.tolist(), world.person("name", world.representative[firm]), strict=True
            )
        ]
    )
    return {
        f"{side}名称": names["name"],
        f"{side}证件号码": names["code"],
        f"{side}法定代表人": leaders,
    }
