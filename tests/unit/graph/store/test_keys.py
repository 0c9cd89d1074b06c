"""Pages of an index: byte for byte those of the engine, and found by it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from graph.store.keys import INDEX_CONTENT, ascending, planned, write_keys

# An index of the engine's own, and ours of the same keys at the same places.
MADE = """
import json
import os
import sys
from pathlib import Path

import jpype
import numpy as np
import pyarrow as pa

from graph.store.engine import create_database, start_machine
from graph.store.indexes import _Pending, _sorted
from graph.store.keys import INDEX_PAGE
from graph.store.pages import OWN, PLACE_BITS
sys.path.insert(0, sys.argv[2])
from test_keys import contents

folder = Path(sys.argv[1])
start_machine(folder, "256m")
database = create_database(folder / "db")
java = database._java_db
schema = java.getSchema()
kind = schema.createVertexType("T", 1)
kind.createProperty("name", jpype.JClass("com.arcadedb.schema.Type").STRING)
keys = json.loads((folder / "keys.json").read_text("utf-8"))
java.begin()
saved = [java.newVertex("T").set("name", key).save() for key in keys]
places = [int(one.getIdentity().getPosition()) for one in saved]
java.commit()
words = ("Schema$INDEX_TYPE", "IndexBuildMode")
lsm, mode = (jpype.JClass(f"com.arcadedb.schema.{word}") for word in words)
builder = schema.buildTypeIndex("T", ["name"]).withType(lsm.LSM_TREE).withBuildMode(mode.SORTED)
index = builder.create().getIndexesOnBuckets()[0]
path = Path(str(index.getMutableIndex().getSubIndex().getComponentFile().getFilePath()))
bucket = int(index.getAssociatedBucketId())
database.close()
file = np.fromfile(path, np.uint8).reshape(-1, INDEX_PAGE)[:, OWN:]

places = (bucket << PLACE_BITS) + np.array(places)
pending = _Pending([pa.array(keys, pa.large_string())], [places])
made = contents(*_sorted(pending))
# The engine says in the first page of a file how many it has, and of which kind keys are.
made[0, 9:19] = file[0, 9:19]
print(json.dumps([made.shape == file.shape, bool((made == file).all()), len(file)]))
sys.stdout.flush()
os._exit(0)
"""

# Types with records whose indexes Cypher makes, and empty ones that are declared here.
DECLARED = """
import json
import os
import sys
from pathlib import Path

from graph.schema.catalog import SCHEMA
from graph.schema.cypher import MARK_CONSTRAINT, constraints, indexes
from graph.store.engine import create_database, start_machine
from graph.store.fill import _declare_types
from graph.store.indexes import Indexes

folder = Path(sys.argv[1])
start_machine(folder, "256m")
definitions = (*constraints(SCHEMA), *indexes(SCHEMA), MARK_CONSTRAINT)
told = [("links", link.name, "Party", "Party") for link in SCHEMA.links]
told += [("links", "HAS_ADDRESS", node.label, "Address") for node in SCHEMA.nodes if node.key]

ours = create_database(folder / "ours")
_declare_types(ours, told)
Indexes(ours, definitions).finish()
ours.close()

cypher = create_database(folder / "cypher")
with cypher.transaction():
    for number, (_, name, *ends) in enumerate(told):
        said = (f"uid: '{number}{at}', name: 'a'" for at in range(2))
        one, other = (f"(:{end} {{{uid}}})" for end, uid in zip(ends, said, strict=True))
        cypher.command("opencypher", f"CREATE {one}-[:{name} {{key: 'k'}}]->{other}")
    cypher.command("opencypher", "CREATE (:XinmaiMark {uid: 'mark'})")
for text in definitions:
    cypher.command("opencypher", text)
cypher.close()

files = [folder / name / "schema.json" for name in ("ours", "cypher")]
print(json.dumps([json.loads(file.read_text("utf-8"))["types"] for file in files]))
sys.stdout.flush()
os._exit(0)
"""


def answer(script: str, *arguments: Path) -> Any:  # noqa: ANN401 - of JSON
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[4],
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def less_names(type_: dict[str, Any]) -> dict[str, Any]:
    """Return a type without the numbers in its indexes' names."""
    kept = [{**one, "logicalName": None} for one in type_["indexes"].values()]
    return {**type_, "indexes": sorted(kept, key=json.dumps)}


def test_indexes_are_declared_as_cypher_declares_them(tmp_path: Path) -> None:
    ours, cypher = answer(DECLARED, tmp_path)

    assert sorted(ours) == sorted(cypher)
    for name, type_ in cypher.items():
        assert less_names(ours[name]) == less_names(type_), name


def contents(
    data: NDArray[Any], begins: NDArray[Any], ends: NDArray[Any], places: NDArray[Any]
) -> NDArray[Any]:
    """Return the contents (pages, bytes) of all pages of a file."""
    plan = planned(data, begins, ends, places, 0)
    out = np.zeros(plan.number.size * INDEX_CONTENT, np.uint8)
    write_keys(out, plan, data, begins, ends, places, 0)
    return out.reshape(-1, INDEX_CONTENT)


@pytest.mark.parametrize("long", [0, 60_000])
def test_pages_are_those_of_the_engine(tmp_path: Path, long: int) -> None:
    # In no order: several pages; one that more bear than stand together; one beyond the basic plane
    # of characters, which UTF-16 has in another order; and, long, few to a page and to a series.
    rng = np.random.default_rng(5)
    keys = [f"企业{number:05}" for number in rng.permutation(30_000)]
    keys += ["王伟"] * 700 + ["", "𠮷野家", "\uffee丙", "a" * 200, "a" * 127, "a" * 128]
    keys += [f"{number}{'长' * (long // 3)}" for number in range(12 if long else 0)]
    (tmp_path / "keys.json").write_text(json.dumps(keys), "utf-8")

    shapes, same, pages = answer(MADE, tmp_path, Path(__file__).parent)

    assert shapes
    assert same
    assert pages >= 4


def keys_of(*texts: str) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    told = [text.encode() for text in texts]
    begins = np.cumsum([0, *map(len, told)])
    return np.frombuffer(b"".join(told), np.uint8), begins[:-1], begins[1:]


@pytest.mark.parametrize(
    ("texts", "ordered"),
    [
        ((), True),
        (("a", "a", "b"), True),
        (("a", "ab"), True),
        (("ab", "a"), False),
        (("", "a"), True),
        (("a", ""), False),
        (("\uffee", "𠮷"), True),
        (("𠮷", "\uffee"), False),
    ],
)
def test_keys_are_in_the_order_of_bytes(texts: tuple[str, ...], ordered: bool) -> None:
    assert ascending(*keys_of(*texts)) == ordered


def test_a_key_that_no_page_holds_has_no_plan() -> None:
    plan = planned(*keys_of("a", "b" * INDEX_CONTENT), np.arange(2), 0)

    assert plan.page.size == 0
