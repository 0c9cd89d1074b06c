import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Neo4jSettings, read_settings, spare_memory
from graph.errors import SettingsError


def test_without_anything_the_embedded_store_serves_a_workspace_in_this_folder(
    tmp_path: Path,
) -> None:
    settings = read_settings({}, tmp_path)

    assert settings.store == "embedded"
    assert settings.workspace == tmp_path
    assert settings.neo4j is None


def test_memory_is_given_back_unless_a_site_has_set_it_otherwise() -> None:
    bare: dict[str, str] = {}
    given = {
        "_RJEM_MALLOC_CONF": "narenas:7", "OPENBLAS_NUM_THREADS": "2", "PYPINYIN_NO_PHRASES": "",
    }  # fmt: skip
    own = dict(given)

    spare_memory(bare)
    spare_memory(own)

    assert "muzzy_decay_ms:0" in bare["_RJEM_MALLOC_CONF"]
    assert bare["OPENBLAS_NUM_THREADS"] == bare["PYPINYIN_NO_PHRASES"] == "1"
    assert own == given


def test_a_load_keeps_what_it_lets_go_unless_a_site_or_the_server_said_otherwise() -> None:
    bare: dict[str, str] = {}
    own = {"_RJEM_MALLOC_CONF": "narenas:7"}

    spare_memory(bare, loading=True)
    spare_memory(own, loading=True)

    assert "dirty_decay_ms:30000" in bare["_RJEM_MALLOC_CONF"]
    assert own["_RJEM_MALLOC_CONF"] == "narenas:7"


def test_what_polars_has_set_itself_is_nobodys_wish() -> None:
    code = "import json, os, polars; print(json.dumps(dict(os.environ)))"
    bare = {"PATH": os.environ["PATH"]}
    said = subprocess.run([sys.executable, "-c", code], env=bare, capture_output=True, check=True)
    child = json.loads(said.stdout)
    assert "_RJEM_MALLOC_CONF" in child

    spare_memory(child)

    assert "muzzy_decay_ms:0" in child["_RJEM_MALLOC_CONF"]


def test_polars_is_not_loaded_before_its_memory_is_set() -> None:
    # It reads the setting once, while it is loaded: what `xinmai` imports first must not load it.
    code = "import sys, app.cli; sys.exit('polars' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "xinmai.toml").write_text('language = "en"\nquery_limit = 10\n', encoding="utf-8")

    settings = read_settings({"XINMAI_LANGUAGE": "zh"}, tmp_path)

    assert settings.language == "zh"
    assert settings.query_limit == 10


def test_neo4j_is_chosen_where_its_address_is_given(tmp_path: Path) -> None:
    environ = {"NEO4J_URI": "bolt://127.0.0.1:7687", "NEO4J_PASSWORD": "secret-word"}

    settings = read_settings(environ, tmp_path)

    assert settings.store == "neo4j"
    assert settings.neo4j == Neo4jSettings("bolt://127.0.0.1:7687", "neo4j", "secret-word", None)
    assert "secret-word" not in repr(settings)


def test_the_store_may_stay_embedded_beside_a_neo4j_address(tmp_path: Path) -> None:
    environ = {"NEO4J_URI": "bolt://127.0.0.1:7687", "XINMAI_STORE": "embedded"}

    assert read_settings(environ, tmp_path).store == "embedded"


def test_the_workspace_may_come_from_the_environment(tmp_path: Path) -> None:
    assert read_settings({"XINMAI_WORKSPACE": str(tmp_path)}, None).workspace == tmp_path


def test_an_empty_variable_names_no_workspace() -> None:
    assert read_settings({"XINMAI_WORKSPACE": ""}, None) == read_settings({}, None)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"XINMAI_STORE": "oracle"}, "oracle"),
        ({"XINMAI_STORE": "neo4j"}, "NEO4J_URI"),
        ({"NEO4J_URI": "http://127.0.0.1"}, "http://127.0.0.1"),
        ({"XINMAI_LANGUAGE": "fr"}, "fr"),
        ({"XINMAI_QUERY_LIMIT": "0"}, "query_limit"),
        ({"XINMAI_QUERY_TIMEOUT": "soon"}, "soon"),
        ({"XINMAI_QUERY_LIMIT": "²"}, "query_limit"),
        ({"XINMAI_QUERY_LIMIT": "9" * 5_000}, "query_limit"),
        ({"XINMAI_ENGINE_HEAP": "abc"}, "engine_heap"),
        ({"XINMAI_ENGINE_HEAP": "2g -Xfoo"}, "engine_heap"),
        (
            {"NEO4J_URI": "bolt://neo4j:secret@db:7687"},
            "NEO4J_URI: 'bolt://…@db:7687' must hold no",
        ),
    ],
)
def test_a_wrong_value_is_named(environ: dict[str, str], named: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=named):
        read_settings(environ, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "stroe = 'embedded'",
        "store = ",
        "store = 'x'\n\xff",
        "identity_key = ['a']",
        "policy = true",
    ],
)
def test_a_wrong_file_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "xinmai.toml").write_bytes(text.encode("latin-1"))

    with pytest.raises(SettingsError, match=r"xinmai\.toml"):
        read_settings({}, tmp_path)


def test_a_policy_is_found_beside_the_settings(tmp_path: Path) -> None:
    assert read_settings({"XINMAI_POLICY": "ours.yml"}, tmp_path).policy == tmp_path / "ours.yml"


def test_an_empty_value_is_none_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "xinmai.toml").write_text('identity_key = ""\nneo4j_uri = ""\n', "utf-8")

    settings = read_settings({"XINMAI_WORKSPACE": "", "XINMAI_LANGUAGE": ""}, tmp_path)

    assert (settings.identity_key, settings.neo4j, settings.language) == (None, None, "zh")
    assert read_settings({"XINMAI_WORKSPACE": ""}, None).workspace == Path("workspace").absolute()


def test_a_job_is_known_by_its_number_alone(tmp_path: Path) -> None:
    assert read_settings({"XINMAI_JOB": "12"}, tmp_path).job == 12
    assert read_settings({"XINMAI_JOB": "²"}, tmp_path).job is None
