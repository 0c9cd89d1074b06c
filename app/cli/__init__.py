"""The command line: `xinmai [--workspace DIR] COMMAND`."""

import os
import sys

from graph.errors import XinmaiError

REFUSED = 2


def main() -> None:
    """Run a command; a refusal is one line on stderr and exit code 2."""
    # Imported here: the package must stay importable without the cost of the command line.
    from app.cli.group import commands  # noqa: PLC0415

    try:
        commands()
    except XinmaiError as error:
        print(f"xinmai: {error}", file=sys.stderr)  # noqa: T201 - this is where a person is told
        sys.exit(REFUSED)
    except BrokenPipeError:
        # The reader of our output went away (`xinmai … | head`): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
