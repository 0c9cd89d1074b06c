"""Names that several organisations bear, as registers let them stand (domain.md 4.1 and 4.2).

A brand is one's own only in one trade and place (企业名称登记管理规定 art. 17), a shop's whole name
only with its own registration authority, that of a district; a name given up is free again.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

# Firms that bear a brand which another has as well, in another city or trade.
SHARED_BRAND = 0.3
# Shops whose whole name a shop of another district has.
SHARED_SHOP_NAME = 0.3
# Names given up that a younger company of that trade and city bears.
GIVEN_ANEW = 0.3
# The longest that the world's firms keep their first name, and a year in which nobody gets it.
RENAMED_WITHIN = np.timedelta64(1_500 + 365, "D")


def share_brands(
    rng: np.random.Generator, brands: Sequence[str], city: NDArray[Any], trade: Sequence[str]
) -> list[str]:
    """Return the brand of each firm; some are those of a firm of another city or trade."""
    trades = np.array(trade)
    donors = rng.permutation(city.size)
    # Every other shared brand is that of a firm of one's own trade: they are the hardest to tell.
    for one in dict.fromkeys(trade):
        of_trade = np.flatnonzero(trades == one)
        donors[of_trade[::2]] = rng.permutation(of_trade)[: len(of_trade[::2])]
    shared = list(brands)
    borne = set(zip(city, trade, brands, strict=False))
    for place in np.flatnonzero(rng.random(city.size) < SHARED_BRAND).tolist():
        brand = brands[donors[place]]
        here = (city[place], trade[place], brand)
        if here not in borne:
            borne.add(here)
            shared[place] = brand
    return shared


def share_shop_names(rng: np.random.Generator, firms: pl.DataFrame) -> pl.Series:
    """Return the names of firms (columns of make_firms); some shops have that of another one.

    Both are of one trade and city, in different districts: no district gives a name twice.
    """
    names, region = firms["name"].to_list(), firms["region"].to_list()
    for shops in _groups(firms, "sole"):
        for one, other in zip(shops[::2], shops[1::2], strict=False):
            if region[one] != region[other] and rng.random() < SHARED_SHOP_NAME:
                names[other] = names[one]
    return pl.Series("name", names)


def give_anew(rng: np.random.Generator, firms: pl.DataFrame) -> pl.Series:
    """Return the names of firms (columns of make_firms); some companies bear one given up before.

    Who bears it is of the trade and city of who gave it up, and was established after that.
    """
    names, former = firms["name"].to_list(), firms["former"].to_list()
    established = firms["established"].to_numpy()
    for companies in _groups(firms, "company"):
        free = [place for place in companies if former[place] is None]
        for place in companies:
            if former[place] is None or rng.random() >= GIVEN_ANEW:
                continue
            later = established[place] + RENAMED_WITHIN
            heir = next((one for one in free if established[one] > later), None)
            if heir is not None:
                free.remove(heir)
                names[heir] = former[place]
    return pl.Series("name", names)


def _groups(firms: pl.DataFrame, kind: str) -> list[list[int]]:
    """Return the places of the firms of a kind, a list for each trade and city."""
    mine = firms.with_row_index("place").filter(pl.col("kind") == kind)
    groups = mine.group_by("city", "scope", maintain_order=True).agg("place")
    return groups["place"].to_list()
