"""YAML as plain values: settings, rules, words."""

from pathlib import Path
from typing import Any

import yaml

# The one in C reads the same ten times as fast; not every build of the library has it.
_Quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Written(yaml.SafeLoader):
    """Reads what somebody wrote: of a key that stands twice nobody knows which one was meant."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - as the library calls it
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if (key.tag, key.value) in seen:
                    said = f"the key {key.value!r} stands twice"
                    raise yaml.constructor.ConstructorError(None, None, said, key.start_mark)
                seen.add((key.tag, key.value))
        return super().construct_mapping(node, deep)


def read_yaml(text: str) -> Any:  # noqa: ANN401 - whatever the text says
    r"""Return what a YAML text that somebody wrote says, in plain values.

    Raises:
        yaml.YAMLError: it is none, gives a key twice, or is nested deeper than anybody writes.

    >>> read_yaml("name: 恒裕\nparts: [1, 2]")
    {'name': '恒裕', 'parts': [1, 2]}
    """
    try:
        return yaml.load(text, _Written)  # noqa: S506 - it is safe
    except RecursionError as error:
        raise yaml.YAMLError("it is nested deeper than anybody writes") from error


def read_shipped(path: Path) -> Any:  # noqa: ANN401 - whatever the file says
    """Return what a YAML file of the product says, in plain values.

    Of nobody else's: brackets without end are the end of a process that reads them in C.
    """
    return yaml.load(path.read_text(encoding="utf-8"), _Quick)  # noqa: S506 - it is safe
