"""Invented organisations: codes with right check characters, names that others may bear as well."""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from loaders.world import codes
from loaders.world.homonyms import give_anew, share_brands, share_shop_names
from loaders.world.words import districts, pick, pick_weighted, words

# kind: (share of all, first two characters of the credit code, enterprise type, tail of the name)
KINDS = {
    "company": (0.60, "91", "有限责任公司", "有限公司"),
    "sole": (0.25, "92", "个体工商户", ""),
    "stock": (0.05, "91", "股份有限公司", "股份有限公司"),
    "partnership": (0.05, "91", "有限合伙企业", "合伙企业（有限合伙）"),
    "society": (0.03, "51", "社会团体", ""),
    "institution": (0.02, "12", "事业单位", ""),
}
STATES = {"存续": 0.84, "注销": 0.09, "吊销，未注销": 0.04, "迁出": 0.03}
FIRST_DAY, LAST_DAY = np.datetime64("1998-01-01"), np.datetime64("2025-06-30")
# Registration agents let some of their clients share one address and phone (domain.md 4.4).
AGENT_SHARE, FIRMS_BY_AGENT = 0.3, 120
RENAMED = 0.06
_RECENT = np.datetime64("2015-10-01")
_CITY_NAME = 0.7


def make_firms(rng: np.random.Generator, size: int) -> pl.DataFrame:
    """Return `size` organisations, one row each.

    Columns: firm (0..), kind, name, former (or null), uscc, registration_number, type, state,
    city (4401..), region, address, phone, email, capital (wan), established, ended (dates, null),
    industry, scope.
    """
    # Draws of their own: what else a seed gives does not depend on who shares a name.
    others = rng.spawn(1)[0]
    kind = pick(rng, list(KINDS), [value[0] for value in KINDS.values()], size)
    city = pick_weighted(
        rng, {key: value["weight"] for key, value in words()["cities"].items()}, size
    )
    trade = np.array([_trade(rng, one) for one in kind], dtype=object)
    established = FIRST_DAY + rng.integers(0, int((LAST_DAY - FIRST_DAY).astype(int)), size)
    state = pick_weighted(rng, STATES, size)
    ended = established + rng.integers(200, 4_000, size)
    ended = np.where(
        state == "注销", np.minimum(ended, np.datetime64("2026-09-30")), np.datetime64("NaT")
    )
    brand = _brands(rng, size + size // 4)
    renamed = np.flatnonzero((rng.random(size) < RENAMED) & (kind == "company"))
    region, address, phone = _places(rng, city, size)
    brand[:size] = share_brands(others, brand[:size], city, [one[2] for one in trade])
    names = [_name(place, kind, city, trade, brand) for place in range(size)]
    former = np.array([None] * size, dtype=object)
    for offset, place in enumerate(renamed):
        former[place] = names[place].replace(brand[place], brand[size + offset % (size // 4)], 1)
    firms = pl.DataFrame(
        {
            "firm": np.arange(size),
            "kind": pl.Series(kind.tolist(), dtype=pl.String),
            "name": names,
            "former": pl.Series(former.tolist(), dtype=pl.String),
            "uscc": credit_codes_of(kind, region, established, 0),
            "registration_number": codes.text(
                codes.registration_numbers(np.array([int(one) for one in region]), np.arange(size))
            ),
            "type": [KINDS[one][2] for one in kind],
            "state": pl.Series(state.tolist(), dtype=pl.String),
            "city": pl.Series(city.tolist(), dtype=pl.String),
            "region": region,
            "address": address,
            "phone": phone,
            "email": [f"contact{place}@example{place % 97}.cn" for place in range(size)],
            "capital": np.round(np.exp(rng.normal(4.6, 1.4, size)), -1).clip(3, 900_000),
            "established": established.astype("datetime64[D]"),
            "ended": ended.astype("datetime64[D]"),
            "industry": [one[1] for one in trade],
            "scope": [one[2] for one in trade],
        }
    )
    firms = firms.with_columns(give_anew(others, firms))
    return firms.with_columns(share_shop_names(others, firms))


def credit_codes_of(
    kind: npt.NDArray[Any], region: list[str], established: npt.NDArray[Any], first: int
) -> pl.Series:
    """Return one credit code an organisation; `first` is the number of the first of them."""
    numbers = np.arange(first, first + len(region), dtype=np.int64)
    organisation = codes.org_codes(numbers, recent=established >= _RECENT)
    heads = "".join(KINDS.get(str(one), KINDS["company"])[1] for one in kind)
    category = np.frombuffer(heads.encode(), np.uint8).reshape(-1, 2)
    registered = np.array([int(one[:4] + "00") for one in region])
    return codes.text(codes.credit_codes(category, registered, organisation))


def _trade(rng: np.random.Generator, kind: str) -> tuple[str, str, str]:
    if kind == "sole":
        listed = words()["shops"]
    elif kind in ("society", "institution"):
        listed = [
            [tail, "9521", tail, 1]
            for tail in words()["societies" if kind == "society" else "institutions"]
        ]
    else:
        listed = words()["trades"]
    one = listed[int(rng.integers(len(listed)))]
    return str(one[0]), str(one[1]), str(one[2])


def _brands(rng: np.random.Generator, size: int) -> list[str]:
    """Return `size` brands, no two alike: two characters, three once those are used up."""
    characters = list(words()["brands"])
    count = len(characters)
    pairs = rng.permutation(count * count)[:size]
    brands = [characters[pair // count] + characters[pair % count] for pair in pairs]
    rest = size - len(brands)
    if rest > 0:
        triples = rng.choice(count**3, rest, replace=False)
        brands += [
            characters[one // count**2] + characters[one // count % count] + characters[one % count]
            for one in triples
        ]
    return brands


def _name(
    place: int,
    kind: npt.NDArray[Any],
    city: npt.NDArray[Any],
    trade: npt.NDArray[Any],
    brand: list[str],
) -> str:
    area = words()["cities"][city[place]]["name"]
    if place % 10 < 10 * _CITY_NAME:
        area = f"{area}市"
    if kind[place] == "institution":
        return f"{area}{brand[place]}{trade[place][0]}"
    return f"{area}{brand[place]}{trade[place][0]}{KINDS[str(kind[place])][3]}"


def _agents(rng: np.random.Generator, city: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return the agent of each firm, -1 for most: an agent serves firms of one city alone."""
    served = rng.random(city.size) < AGENT_SHARE
    drawn = rng.integers(0, city.size // FIRMS_BY_AGENT + 1, city.size)
    agent = np.full(city.size, -1, dtype=np.int64)
    begun = 0
    for one in np.unique(city):
        clients = np.flatnonzero(served & (city == one))
        halls = max(1, clients.size // FIRMS_BY_AGENT)
        agent[clients] = begun + drawn[clients] % halls
        begun += halls
    return agent


def _places(
    rng: np.random.Generator, city: npt.NDArray[Any], size: int
) -> tuple[list[str], list[str], list[str]]:
    streets, buildings = words()["streets"], words()["buildings"]
    region, address, phone = [], [], []
    agent = _agents(rng, city)
    street, building = rng.integers(0, len(streets), size), rng.integers(0, len(buildings), size)
    number, room = rng.integers(1, 900, size), rng.integers(101, 2_900, size)
    digits = rng.integers(10_000_000, 99_999_999, size)
    towns = words()["towns"]
    for place in range(size):
        four = str(city[place])
        listed = districts().get(four) or [(four + "00", towns.get(four, [""])[0])]
        # All clients of an agent sit where the agent sits.
        lot = int(number[place] if agent[place] < 0 else agent[place])
        code, district = listed[lot % len(listed)]
        name = words()["cities"][four]["name"]
        if agent[place] >= 0:
            # The agent of that city: one hall, one desk phone for all its clients.
            hall = int(agent[place])
            street_number = f"{streets[hall % len(streets)]}{hall % 500 + 1}号"
            address.append(f"广东省{name}市{district}{street_number}政务服务代办中心")
            phone.append(f"1390{hall % 10_000_000:07d}")
        else:
            address.append(
                f"广东省{name}市{district}{streets[street[place]]}{number[place]}号"
                f"{buildings[building[place]]}{room[place]}室"
            )
            phone.append(f"138{digits[place]}")
        region.append(code)
    return region, address, phone
