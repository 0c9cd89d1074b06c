"""The command line: `xinmai [--workspace DIR] COMMAND`."""

import gc
import logging
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import NoReturn

from app.settings import spare_memory
from graph.errors import SettingsError, XinmaiError

REFUSED = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells say it


def main() -> None:
    """Run a command; a refusal is one line on stderr and exit code 2."""
    # Polars reads it there when it is loaded, before the words of the command are looked at.
    spare_memory(os.environ, loading="load" in sys.argv[1:])  # noqa: TID251 - as said
    # Nothing of what is imported goes away: the command's module is the last (app/cli/group.py).
    gc.disable()
    # Imported here: the package must stay importable without the cost of the command line.
    import typer  # noqa: PLC0415

    from app.cli.group import commands  # noqa: PLC0415

    # What the driver tries again it writes about; a person is told once, when it has given up.
    logging.getLogger("neo4j").addHandler(logging.NullHandler())
    try:
        _look_for_empty(sys.argv[1:])
        sys.exit(commands(standalone_mode=False) or 0)
    except XinmaiError as error:
        _refuse(str(error))
    except typer.TyperException as error:
        _misused(error.format_message())
    except typer.Abort:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        _unread()
    except SystemExit as end:
        # Typer itself leaves with 1 there, which is our word for findings.
        if isinstance(end.__context__, BrokenPipeError):
            _unread()
        raise
    except (OSError, UnicodeEncodeError) as error:
        _refuse(_of_system(error))


def _look_for_empty(words: Sequence[str]) -> None:
    """Refuse a value of no letters: of a shell's variable that is not set, not of a person.

    As a path it would be the folder that the command happens to stand in.
    """
    for before, word in pairwise(("", *words)):
        option, mark, value = word.partition("=")
        if word and not (mark and not value and option.startswith("--")):
            continue
        named = option or (before if before.startswith("-") else f"what follows {before}".rstrip())
        raise SettingsError(named, "", "is empty: say what it is; --help says what may be left out")


def _of_system(error: OSError | UnicodeEncodeError) -> str:
    """Say what the system refused, wherever it shows first."""
    if isinstance(error, UnicodeEncodeError):
        return str(XinmaiError("text", error.object, "holds bytes that are no UTF-8"))
    # A disk that is full or a file that may not be written.
    return f"{error.filename or 'file'}: {error.strerror or error}"


def _unread() -> NoReturn:
    """End where the reader of our output went away (`xinmai … | head`): nothing is wrong."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


def _misused(text: str) -> None:
    """Say what is wrong with the words of a command; a group called alone explains itself."""
    if "\n" in text:
        print(text, file=sys.stderr)  # noqa: T201 - the help, not a refusal
        sys.exit(REFUSED)
    _refuse(f"{text.rstrip('.')}; --help says what is known")


def _refuse(line: str) -> None:
    from graph.identifiers.identity_card import masked_in  # noqa: PLC0415 - only a refusal needs it

    print(f"xinmai: {masked_in(line)}", file=sys.stderr)  # noqa: T201 - this is where a person is told
    sys.exit(REFUSED)
