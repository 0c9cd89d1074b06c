"""The one place that reads settings: environment first, then the workspace's xinmai.toml."""

import os
import re
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from graph.errors import SettingsError

PREFIX = "XINMAI_"
# What a site may write into xinmai.toml; in the environment the same in capitals behind XINMAI_.
KEYS = frozenset(
    {
        "canvas_limit",
        "engine_heap",
        "identity_key",
        "language",
        "neo4j_database",
        "neo4j_password",
        "neo4j_uri",
        "neo4j_username",
        "policy",
        "query_limit",
        "query_timeout",
        "review_persons",
        "store",
        "user_claim",
        "user_header",
    }
)
# Set by the process of a job for the command that it runs; a site sets nothing here.
JOB = f"{PREFIX}JOB"
# What its command speaks: what the screen spoke that asked for it.
LANGUAGE = f"{PREFIX}LANGUAGE"
STORES = ("embedded", "neo4j", "py2neo")
LANGUAGES = ("zh", "en")
DEFAULT_WORKSPACE = "workspace"
# More digits no number of ours has; other scripts' digits are none here.
_DIGITS = re.compile("[0-9]{1,12}")
# As Java takes it.
_MEMORY = re.compile("[1-9][0-9]{0,5}[mMgG]")
# What polars' memory is managed by reads this once, when polars is loaded.
_ALLOCATOR = "_RJEM_MALLOC_CONF"
# What polars puts there itself as it is loaded, where nothing is set: nobody has asked for it.
_OF_POLARS = "dirty_decay_ms:500,muzzy_decay_ms:1000"
# One arena a core instead of four, and no pages that are kept though they are free: a fifth less
# memory at the same time.
_SPARING = f"narenas:{os.cpu_count() or 1},muzzy_decay_ms:0"
# What a load lets go it soon asks for again, some of it gigabytes: half of its time in the kernel
# went by giving pages back and fetching them anew. From one arena all threads take what is there.
_LOADING = "narenas:1,oversize_threshold:0,dirty_decay_ms:30000,muzzy_decay_ms:0"
_BLAS_THREADS = "OPENBLAS_NUM_THREADS"
# Readings are asked of single characters: the dictionary of phrases, which pypinyin reads unless
# this is set, is a sixth of a second and 44 MB that nobody looks into.
NO_PHRASES = "PYPINYIN_NO_PHRASES"


@dataclass(frozen=True, slots=True)
class Neo4jSettings:
    """Where a Neo4j server answers."""

    uri: str
    username: str
    password: str
    database: str | None

    def __repr__(self) -> str:
        """Leave the password out: settings end up in logs."""
        return f"Neo4jSettings(uri={self.uri!r}, username={self.username!r})"


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a site may choose; `query_timeout` in seconds, `engine_heap` as Java writes it.

    `review_persons`: how many must judge a pair alike before the judgement takes effect, 1 or 2.
    `language`: what the screens speak before somebody sets their switch, and what commands answer
    in; JSON is the same in either.
    `user_header`, `user_claim`: where the app reads who sits before it, a header that the site's
    proxy sets or a claim of its sign-in. `job`: the number of the job that this process works for.
    """

    workspace: Path
    store: str = "embedded"
    policy: Path | None = None
    identity_key: str | None = None
    language: str = "zh"
    engine_heap: str = "2g"
    query_timeout: int = 20
    query_limit: int = 5_000
    canvas_limit: int = 300
    review_persons: int = 1
    user_header: str | None = None
    user_claim: str | None = None
    job: int | None = None
    neo4j: Neo4jSettings | None = None


def spare_memory(environ: MutableMapping[str, str], *, loading: bool = False) -> None:
    """Let polars give back what it no longer uses: before it is loaded, or for a child process.

    A process that is `loading` keeps it for half a minute. Nor does numpy's algebra start threads:
    nothing here is large enough for them, and until they sleep they take a tenth of a second of
    each processor from whoever starts. Phrases are not read either. What a site has set itself
    counts, and what the server has set for the commands that it runs beside itself.
    """
    if environ.get(_ALLOCATOR, _OF_POLARS) == _OF_POLARS:
        environ[_ALLOCATOR] = _LOADING if loading else _SPARING
    environ.setdefault(_BLAS_THREADS, "1")
    environ.setdefault(NO_PHRASES, "1")


def read_settings(environ: Mapping[str, str], workspace: Path | None) -> Settings:
    """Return the settings of a workspace; the environment wins over its xinmai.toml.

    Raises:
        SettingsError: for an unknown key, an unreadable file or a value outside its bounds.
    """
    named = environ.get(f"{PREFIX}WORKSPACE") or DEFAULT_WORKSPACE
    folder = (workspace or Path(named)).absolute()
    values = _from_file(folder / "xinmai.toml") | _from_environment(environ)
    neo4j = _neo4j(values)
    return Settings(
        workspace=folder,
        store=_one_of("store", values.get("store") or ("neo4j" if neo4j else "embedded"), STORES),
        policy=_path(values.get("policy"), folder),
        identity_key=values.get("identity_key"),
        language=_one_of("language", values.get("language", "zh"), LANGUAGES),
        engine_heap=_memory("engine_heap", values.get("engine_heap", "2g")),
        query_timeout=_whole("query_timeout", values.get("query_timeout", "20"), 1, 3_600),
        query_limit=_whole("query_limit", values.get("query_limit", "5000"), 1, 1_000_000),
        canvas_limit=_whole("canvas_limit", values.get("canvas_limit", "300"), 10, 1_000),
        review_persons=_whole("review_persons", values.get("review_persons", "1"), 1, 2),
        user_header=values.get("user_header"),
        user_claim=values.get("user_claim"),
        job=_job(environ.get(JOB)),
        neo4j=neo4j,
    )


def _job(number: str | None) -> int | None:
    return int(number) if number and _DIGITS.fullmatch(number) else None


def _from_file(path: Path) -> dict[str, str]:
    try:
        if not path.is_file():
            return {}
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError("settings", str(path), f"cannot be read: {error}") from error
    unknown = sorted(set(read) - KEYS)
    if unknown:
        raise SettingsError(str(path), unknown[0], f"is no setting; known: {sorted(KEYS)}")
    for key, value in read.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise SettingsError(str(path), key, "must be a text or a whole number")
    # An empty one is none, as in the environment: no key is empty.
    return {key: str(value) for key, value in read.items() if value != ""}


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings given as XINMAI_*, and Neo4j's own customary variables."""
    found = {key: environ[PREFIX + key.upper()] for key in KEYS if PREFIX + key.upper() in environ}
    customary = {
        key: environ[key.upper()]
        for key in KEYS
        if key.startswith("neo4j_") and key.upper() in environ
    }
    return {key: value for key, value in (customary | found).items() if value}


def _neo4j(values: Mapping[str, str]) -> Neo4jSettings | None:
    uri = values.get("neo4j_uri")
    if uri is None:
        if values.get("store") in ("neo4j", "py2neo"):
            raise SettingsError("NEO4J_URI", "", "must be set where the store is Neo4j")
        return None
    if not uri.startswith(("bolt://", "bolt+s", "neo4j://", "neo4j+s")):
        raise SettingsError("NEO4J_URI", uri, "must begin with bolt://, neo4j:// or neo4j+s://")
    if "@" in uri:
        # It would be said wherever the address is.
        shown = re.sub("//.*@", "//…@", uri)
        raise SettingsError("NEO4J_URI", shown, "must hold no name or password: NEO4J_USERNAME")
    return Neo4jSettings(
        uri=uri,
        username=values.get("neo4j_username", "neo4j"),
        password=values.get("neo4j_password", ""),
        database=values.get("neo4j_database"),
    )


def _one_of(key: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise SettingsError(key, value, f"must be one of {', '.join(allowed)}")
    return value


def _whole(key: str, value: str, low: int, high: int) -> int:
    if not _DIGITS.fullmatch(value) or not low <= int(value) <= high:
        raise SettingsError(key, value, f"must be a whole number from {low} to {high}")
    return int(value)


def _memory(key: str, value: str) -> str:
    if not _MEMORY.fullmatch(value):
        raise SettingsError(key, value, "must be a number of megabytes or gigabytes: 512m, 2g")
    return value


def _path(value: str | None, folder: Path) -> Path | None:
    return None if value is None else (folder / value)
