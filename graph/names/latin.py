"""Names in alphabets: how alike two of them are, word by word in any order."""

import re
import unicodedata
from functools import lru_cache

import numpy as np
from rapidfuzz.distance import DamerauLevenshtein

# Titles and forms of bodies: they tell nobody apart.
_SAYS_NOTHING = frozenset(
    {
        "AG",
        "AND",
        "AS",
        "BV",
        "CO",
        "COMPANY",
        "CORP",
        "CORPORATION",
        "DR",
        "GMBH",
        "INC",
        "INCORPORATED",
        "KG",
        "LIMITED",
        "LLC",
        "LLP",
        "LP",
        "LTD",
        "MR",
        "MRS",
        "MS",
        "NV",
        "OAO",
        "OJSC",
        "OOO",
        "PAO",
        "PLC",
        "PROF",
        "PTE",
        "PTY",
        "SA",
        "SARL",
        "SE",
        "SIR",
        "SPA",
        "SRL",
        "THE",
        "ZAO",
    }
)
# Words of a letter or two of which one is another's beginning stand for it.
_INITIAL = 1
_INITIAL_PART = 0.7
# Two words less alike than this are two words; in between the part falls with the square.
_LEAST = 0.6
# A word that the other name lacks, in parts of one that differs: middle names are left out. Chosen
# with the two above on the 826 international pairs of benchmarks/names.py.
_LACKING = 0.1
_KEPT = 1 << 14


@lru_cache(maxsize=_KEPT)
def words(name: str) -> tuple[str, ...]:
    """Return the words of a name: capitals without accents, titles and forms of bodies left out.

    >>> words("Société Générale S.A."), words("O'Brien, Seán")
    (('SOCIETE', 'GENERALE'), ('OBRIEN', 'SEAN'))
    """
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(char for char in plain if not unicodedata.combining(char)).upper()
    plain = re.sub(r"['’`.]", "", plain)
    found = re.findall(r"\w+", plain)
    return tuple(word for word in found if word not in _SAYS_NOTHING) or tuple(found)


def _word(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if min(len(one), len(other)) == _INITIAL and one[0] == other[0]:
        return _INITIAL_PART
    alike = DamerauLevenshtein.normalized_similarity(one, other)
    return float(alike * alike) if alike >= _LEAST else 0.0


def alike(one: str, other: str) -> float:
    """Return how alike two names are, 0..1; the order of words plays no part.

    Each word goes with its best one of the other name; longer words weigh more, and a word that
    differs weighs more than one that is left out.

    >>> alike("John Smith", "SMITH, John"), round(alike("John Smith", "John Smythe"), 2)
    (1.0, 0.68)
    """
    mine, its = sorted((words(one), words(other)), key=len)
    if not mine:
        return 0.0
    if "".join(mine) == "".join(its):
        return 1.0
    parts = np.array([[_word(a, b) for b in its] for a in mine])
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - a third of a second at the start of every command

    rows, columns = linear_sum_assignment(-parts)
    lengths = [
        (len(mine[row]) + len(its[column])) / 2 for row, column in zip(rows, columns, strict=True)
    ]
    got = sum(
        length * parts[row, column]
        for length, row, column in zip(lengths, rows, columns, strict=True)
    )
    left = sum(len(word) for place, word in enumerate(its) if place not in set(columns.tolist()))
    return float(got / (sum(lengths) + _LACKING * left))
