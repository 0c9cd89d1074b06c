"""What services open when it is first asked for: once, also where copies act for other people."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class opened(Generic[T]):  # noqa: N801 - read as a word before a method, as cached_property is
    """A method whose answer is kept in the `held_open` of its object, which copies of it share."""

    def __init__(self, method: Callable[[Any], T]) -> None:
        self._method = method
        self.__doc__ = method.__doc__
        self._name = method.__name__

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type | None = None) -> T: ...

    def __get__(self, instance: Any, owner: type | None = None) -> T | Self:
        """Return what was opened, opening it where it is not."""
        if instance is None:
            return self
        held: dict[str, T] = instance.held_open
        if self._name not in held:
            held[self._name] = self._method(instance)
        return held[self._name]


def forget(instance: Any, name: str) -> Any:  # noqa: ANN401
    """Have something opened anew when it is asked for next; return what was open, or None."""
    return instance.held_open.pop(name, None)
