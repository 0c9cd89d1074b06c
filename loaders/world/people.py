"""Invented persons: names by real frequencies, so that homonyms are common; unique numbers."""

import numpy as np
import polars as pl

from loaders.world import codes
from loaders.world.words import pick, pick_weighted, words

# Adults of 2026: born in these years, one number a region, day and order.
FIRST_BIRTH, LAST_BIRTH = np.datetime64("1955-01-01"), np.datetime64("2003-12-31")
DAYS = int((LAST_BIRTH - FIRST_BIRTH).astype(int))
ORDERS = 1_000
# Coprime to regions x days x orders: consecutive persons get numbers far apart, never one twice.
_STEP = 48_271_013
# Two thirds of given names have two characters.
_TWO = 0.66


def make_people(rng: np.random.Generator, size: int) -> pl.DataFrame:
    """Return `size` persons: person (0..), name, sex, id_number, birth (date)."""
    cities = [int(code) * 100 for code in words()["cities"]]
    space = len(cities) * DAYS * ORDERS
    places = (np.arange(size, dtype=np.int64) * _STEP + int(rng.integers(space))) % space
    region = np.asarray(cities)[places % len(cities)]
    birth = FIRST_BIRTH + (places // len(cities) % DAYS).astype("timedelta64[D]")
    order = places // (len(cities) * DAYS)
    days = birth.astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(int) + 1970
    months = days.astype("datetime64[M]").astype(int) % 12 + 1
    dates = (days - days.astype("datetime64[M]")).astype(int) + 1
    numbers = codes.id_numbers(region, years * 10_000 + months * 100 + dates, order)
    male = order % 2 == 1
    return pl.DataFrame(
        {
            "person": np.arange(size),
            "name": pl.Series(person_names(rng, male), dtype=pl.String),
            "sex": np.where(male, "男", "女"),
            "id_number": codes.text(numbers),
            "birth": days,
        }
    )


def person_names(
    rng: np.random.Generator, male: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> list[str]:
    """Return one name a person."""
    size = male.size
    surname = pick_weighted(rng, words()["surnames"], size)
    first = np.where(
        male,
        pick_weighted(rng, words()["given_male"], size),
        pick_weighted(rng, words()["given_female"], size),
    )
    second = np.where(
        male,
        pick_weighted(rng, words()["given_male"], size),
        pick_weighted(rng, words()["given_female"], size),
    )
    two = rng.random(size) < _TWO
    names = [
        f"{family}{one}{other}" if both and one != other else f"{family}{one}"
        for family, one, other, both in zip(surname, first, second, two, strict=True)
    ]
    # One in five hundred has a name of another form: with a dot, or in Latin letters.
    for place in np.flatnonzero(rng.random(size) < 0.002):  # noqa: PLR2004
        names[place] = str(pick(rng, words()["minority_names"], None, 1)[0])
    return names
