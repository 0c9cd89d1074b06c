"""YAML as plain values: settings, rules, words."""

from pathlib import Path
from typing import Any

import yaml

# The one in C reads the same ten times as fast; not every build of the library has it.
_Quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:  # noqa: ANN401 - whatever the text says
    r"""Return what a YAML text that somebody wrote says, in plain values.

    Raises:
        yaml.YAMLError: it is none, or nested deeper than anybody writes.

    >>> read_yaml("name: 恒裕\nparts: [1, 2]")
    {'name': '恒裕', 'parts': [1, 2]}
    """
    try:
        return yaml.safe_load(text)
    except RecursionError as error:
        raise yaml.YAMLError("it is nested deeper than anybody writes") from error


def read_shipped(path: Path) -> Any:  # noqa: ANN401 - whatever the file says
    """Return what a YAML file of the product says, in plain values.

    Of nobody else's: brackets without end are the end of a process that reads them in C.
    """
    return yaml.load(path.read_text(encoding="utf-8"), _Quick)  # noqa: S506 - it is safe
