"""How loops over arrays are compiled: all alike, once for each kind of arrays.

Where they are kept says graph/compiled.py.
"""

from functools import partial

from numba import njit

# Nobody calls a loop from C, or holds one in a variable of another: without the way in for these
# an eighth of the time is saved when all is compiled.
loop = partial(njit, cache=True, no_cfunc_wrapper=True)
