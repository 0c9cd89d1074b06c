"""YAML as plain values: settings, rules, words."""

from typing import Any

import yaml

# The one in C reads the same ten times as fast; not every build of the library has it.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:  # noqa: ANN401 - whatever the text says
    r"""Return what a YAML text says, in plain values; yaml.YAMLError where it is none.

    >>> read_yaml("name: 恒裕\nparts: [1, 2]")
    {'name': '恒裕', 'parts': [1, 2]}
    """
    return yaml.load(text, _SafeLoader)  # noqa: S506 - it is safe
