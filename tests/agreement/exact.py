"""Ownership and control by definition: exact fractions, whole matrices, and sets that grow."""

from collections.abc import Mapping
from fractions import Fraction

WHOLE = 1_000_000
# (holder, company) -> ppm
Shares = Mapping[tuple[str, str], int]
Matrix = list[list[Fraction]]


def parties(shares: Shares) -> list[str]:
    return sorted({uid for pair in shares for uid in pair})


def bases(shares: Shares) -> dict[str, int]:
    """The whole of each party less its own shares."""
    return {uid: WHOLE - shares.get((uid, uid), 0) for uid in parties(shares)}


def parts(shares: Shares, *, without: str | None = None) -> dict[tuple[str, str], Fraction]:
    """The matrix A, own shares removed and the base rescaled; nobody holds `without`."""
    base = bases(shares)
    return {
        (holder, company): Fraction(share, base[company])
        for (holder, company), share in shares.items()
        if company not in {holder, without} and share
    }


def solved(matrix: Matrix, right: list[Fraction]) -> list[Fraction]:
    """Gauss and Jordan over fractions; ZeroDivisionError for a singular matrix."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = next((row for row in range(column, size) if rows[row][column]), None)
        if pivot is None:
            raise ZeroDivisionError
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column]
        rows[column] = [value / head for value in rows[column]]
        for row in range(size):
            if row != column and rows[row][column]:
                factor = rows[row][column]
                rows[row] = [
                    value - factor * other
                    for value, other in zip(rows[row], rows[column], strict=True)
                ]
    return [row[-1] for row in rows]


def held(
    shares: Shares, holder: str, extra: Mapping[str, Fraction] | None = None
) -> dict[str, Fraction]:
    """What a holder has in every company: Y = a + A^T Y with nobody holding the holder.

    By Baldone that is what it holds of others inside a ring. `extra` is added to its own part.
    """
    given = parts(shares, without=holder)
    names = [uid for uid in parties(shares) if uid != holder]
    place = {uid: number for number, uid in enumerate(names)}
    matrix = [
        [Fraction(int(row == column)) for column in range(len(names))] for row in place.values()
    ]
    right = [Fraction(0)] * len(names)
    for (one, company), part in given.items():
        if one == holder:
            right[place[company]] += part
        else:
            matrix[place[company]][place[one]] -= part
    for company, part in (extra or {}).items():
        if company != holder:
            right[place[company]] += part
    return dict(zip(names, solved(matrix, right), strict=True))


def possible(shares: Shares, holder: str) -> dict[str, Fraction]:
    """The same where every undisclosed part of a company is the holder's own."""
    base, found = bases(shares), {}
    for company in parties(shares):
        others = [v for (one, of), v in shares.items() if of == company and one != company and v]
        if others:
            found[company] = Fraction(max(0, base[company] - sum(others)), base[company])
    return held(shares, holder, found)


def controlled(votes: Shares, holder: str) -> set[str]:
    """The least set that grows from the holder alone."""
    base, inside = bases(votes), {holder}
    while True:
        more = {
            company
            for company in parties(votes)
            if company not in inside
            and 2 * sum(votes.get((one, company), 0) for one in inside if one != company)
            > base[company]
        }
        if not more:
            return inside - {holder}
        inside |= more


def least_by_all_sets(votes: Shares, holder: str) -> set[str]:
    """The same by trying every set: the smallest that nothing more can be added to."""
    names = [uid for uid in parties(votes) if uid != holder]
    base = bases(votes)
    closed = []
    for number in range(2 ** len(names)):
        inside = {uid for bit, uid in enumerate(names) if number >> bit & 1}
        group = {holder, *inside}
        gathers = {
            company
            for company in names
            if 2 * sum(votes.get((one, company), 0) for one in group if one != company)
            > base[company]
        }
        if gathers <= inside:
            closed.append(inside)
    return min(closed, key=len)
