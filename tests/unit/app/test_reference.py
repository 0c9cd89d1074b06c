"""The page of commands says what each option means, whether it must be given, what else holds."""

from app.reference import cli_page


def test_every_argument_and_option_is_explained() -> None:
    rows = [line for line in cli_page().splitlines() if line.startswith("| `")]

    assert len(rows) > 150
    assert [row for row in rows if row.split("|")[2].strip() in ("", "None")] == []


def test_what_must_be_given_and_what_else_holds_is_shown() -> None:
    rows = cli_page().splitlines()

    assert "| `--out`* | Folder for files/ and truth/. |  |" in rows
    assert "| `--port` | Port on this machine. | `8501` |" in rows
    assert "| `--offset` | Pairs to pass over. | `0` |" in rows
    switch = "| `--conclusions / --no-conclusions` | Also whose level or controller changed. |"
    assert f"{switch} `--conclusions` |" in rows
    assert "| `--json` | Answer as JSON on stdout. |  |" in rows
