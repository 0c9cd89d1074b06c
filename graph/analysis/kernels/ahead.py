"""What will be read from far away is asked for ahead, while a kernel still reckons what is near.

Where each look into a list decides what is done next, a processor waits for one at a time: the
larger the graph, the longer. Asked for some entries before, it is at hand by then.
"""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import Signature
from numba.extending import intrinsic, overload

from graph.analysis.kernels.factors import Number, Numbers

# So many entries before: a look into memory takes as long as to reckon some ten of them.
AHEAD = 16

Made = tuple[Signature, Callable[..., ir.Value]]
# LLVM's words for a read that is to be kept in every cache, of data.
_READ, _KEPT, _DATA = 0, 3, 1


def fetch(array: Numbers, place: Number) -> None:
    """Ask for a place of an array, or the beginning of a row of it; nothing waits for it.

    Nothing is read either, so that the place may be beyond the end. In plain Python: nothing.
    """


def _typed(_: object, array: types.Array, place: types.Integer) -> Made:
    def written(
        context: Any,  # noqa: ANN401 - numba's own, which it gives no types
        builder: ir.IRBuilder,
        signature: Signature,
        given: tuple[ir.Value, ir.Value],
    ) -> ir.Value:
        kind, number = signature.args
        held = context.make_array(kind)(context, builder, given[0])
        at = context.cast(builder, given[1], number, types.intp)
        distance = builder.mul(at, builder.extract_value(held.strides, 0))
        place_of, whole = cgutils.voidptr_t, cgutils.int32_t
        address = builder.gep(builder.bitcast(held.data, place_of), [distance])
        form = ir.FunctionType(ir.VoidType(), [place_of, whole, whole, whole])
        asked = builder.module.declare_intrinsic("llvm.prefetch", [place_of], form)
        builder.call(asked, [address, whole(_READ), whole(_KEPT), whole(_DATA)])
        return context.get_dummy_value()

    return types.void(array, place), written


_fetched = cast("Callable[[Numbers, Number], None]", intrinsic(_typed))


@overload(fetch, inline="always")
def _compiled(array: Numbers, place: Number) -> Callable[[Numbers, Number], None]:  # noqa: ARG001
    # numba calls it with the types of what is given.
    def asked(array: Numbers, place: Number) -> None:
        _fetched(array, place)

    return asked
