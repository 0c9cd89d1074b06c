"""A store by py2neo 2021.2.4, its last version: for sites that already use it (facts.md 3)."""

import secrets
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from graph.errors import StoreError, StoreTimeoutError, StoreUnavailableError
from graph.protocol import LinkBatch, NodeBatch, Params, Row, Rows
from graph.schema import cypher as texts
from graph.schema.catalog import SCHEMA
from graph.store import merging
from graph.store.check import check_links, check_nodes
from graph.store.statement import NODES_A_DELETE, chunks, refuse_writing, shown

with warnings.catch_warnings():
    # Its imports warn of what newer Pythons take away; nothing that we could mend.
    warnings.simplefilter("ignore")
    import py2neo
    from py2neo import errors
    from py2neo.data import Node, Path, Relationship

T = TypeVar("T")
_TIMED_OUT = ("TransactionTimedOut", "TransactionTimedOutClientConfiguration")
_ABSENT = (errors.ConnectionUnavailable, errors.ConnectionBroken, OSError)
_DEFAULT_DATABASE = "neo4j"


class Py2neoStore:
    """A GraphStore over one Neo4j server by py2neo."""

    def __init__(
        self,
        uri: str,
        username: str,
        password: str,
        database: str | None = None,
        *,
        reader: bool = False,
    ) -> None:
        """Connect and see that somebody answers.

        Raises:
            StoreUnavailableError: nobody does, or not this user; py2neo cannot tell which.
        """
        self._uri, self._reader = uri, reader
        with self._errors(""):
            self._graph = py2neo.Graph(
                uri, name=database or _DEFAULT_DATABASE, auth=(username, password)
            )
            self._graph.run("RETURN 1").evaluate()

    def ensure_schema(self) -> None:
        """Create the constraints and indexes of SCHEMA where they are missing."""
        statements = [*texts.constraints(SCHEMA), texts.MARK_CONSTRAINT, *texts.indexes(SCHEMA)]
        for text in [*statements, *texts.full_text_indexes(SCHEMA)]:
            self._write(partial(_run_one, text))

    def upsert_nodes(self, batch: NodeBatch) -> int:
        """Insert or replace nodes by uid; return how many changed."""
        check_nodes(batch)
        return len(self._write(lambda run: merging.upsert_nodes(run, batch)))

    def upsert_links(self, batch: LinkBatch) -> int:
        """Insert or replace links by key; return how many changed."""
        check_links(batch)
        return self._write(lambda run: merging.upsert_links(run, batch))

    def annotate(self, batch: NodeBatch) -> int:
        """Set what rows say of known nodes; return how many changed."""
        check_nodes(batch)
        return self._write(lambda run: merging.annotate(run, batch))

    def delete_nodes(self, label: str, uids: Sequence[str]) -> int:
        """Delete nodes with their links; return how many nodes went."""
        gone = 0
        for part in chunks(uids, NODES_A_DELETE):
            gone += self._write(partial(merging.delete_nodes, label=label, uids=part))
        return gone

    def delete_links(self, type: str, keys: Sequence[str]) -> int:  # noqa: A002 - as the protocol
        """Delete links by key; return how many went."""
        gone = 0
        for part in chunks(keys):
            gone += self._write(partial(merging.delete_links, type_name=type, keys=part))
        return gone

    def rows(self, cypher: str, params: Params, *, limit: int, timeout: timedelta) -> Rows:
        """Run a read of at most `limit` rows; StoreTimeoutError after `timeout`."""
        refuse_writing(cypher)
        # py2neo knows no deadlines: a timer ends the transaction, found by a mark in its text.
        mark = f"/* {secrets.token_hex(16)} */"
        over = threading.Event()
        timer = threading.Timer(timeout.total_seconds(), self._terminate, (mark, over))
        timer.start()
        try:
            return self._read(f"{mark} {cypher}", params, limit)
        except StoreError as error:
            if over.is_set():
                raise StoreTimeoutError(
                    "statement", shown(cypher), "did not finish in time"
                ) from error
            raise
        finally:
            timer.cancel()
            # One that has begun is waited for: it would find its connection closed under it.
            timer.join()

    def _terminate(self, mark: str, over: threading.Event) -> None:
        # Set first: the read may be told of its end before this call is.
        over.set()
        find = (
            "SHOW TRANSACTIONS YIELD transactionId AS id, currentQuery AS text"
            " WHERE text STARTS WITH $mark RETURN id"
        )
        # What breaks here breaks the read too, which says so to whoever asked.
        with suppress(errors.Neo4jError, *_ABSENT):
            for row in self._graph.run(find, {"mark": mark}).data():
                self._graph.run("TERMINATE TRANSACTIONS $id", {"id": row["id"]})

    def _read(self, cypher: str, params: Params, limit: int) -> Rows:
        with self._errors(cypher), self._reading() as transaction:
            cursor = transaction.run(cypher, dict(params))
            names = tuple(cursor.keys())
            found = [tuple(map(plain, record.values())) for record in islice(cursor, limit + 1)]
            return Rows(names, found[:limit], more=len(found) > limit)

    def stream(self, cypher: str, params: Params) -> Iterator[Row]:
        """Yield the rows of a read one by one."""
        refuse_writing(cypher)
        with self._errors(cypher), self._reading() as transaction:
            for record in transaction.run(cypher, dict(params)):
                yield {name: plain(value) for name, value in record.items()}

    def holds(self) -> str | None:
        """Return the id of the snapshot that was published whole, or None."""
        found = list(self.stream(texts.READ_MARK, {}))
        return found[0]["snapshot"] if found else None

    def mark(self, snapshot: str | None) -> None:
        """Say which snapshot the store holds from now on."""
        self._write(lambda run: run(texts.WRITE_MARK, {"snapshot": snapshot}))

    def scanned(self) -> str | None:
        """Return of which scan exposures stand at the nodes, or None."""
        found = list(self.stream(texts.READ_SCAN, {}))
        return found[0]["scan"] if found else None

    def mark_scan(self, key: str | None) -> None:
        """Say of which scan exposures may stand at nodes from now on."""
        self._write(lambda run: run(texts.WRITE_SCAN, {"scan": key}))

    def close(self) -> None:
        """Let go of connections; the data stays."""
        self._graph.service.connector.close()

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        transaction = self._graph.begin(readonly=True)
        try:
            yield transaction
        finally:
            # A transaction that failed is closed already.
            if not transaction.closed:
                self._graph.rollback(transaction)

    def _write(self, work: Callable[[merging.Run], T]) -> T:
        if self._reader:
            raise StoreError("Neo4j", self._uri, "is open for reading only")
        with self._errors(""):
            transaction = self._graph.begin()

            def run(text: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
                return list(transaction.run(text, dict(params)).data())

            try:
                done = work(run)
            except BaseException:
                if not transaction.closed:
                    self._graph.rollback(transaction)
                raise
            self._graph.commit(transaction)
            return done

    @contextmanager
    def _errors(self, statement: str) -> Iterator[None]:
        """Turn what py2neo raises into errors of the product's own tree."""
        try:
            yield
        except _ABSENT as error:
            rule = "does not answer, or refuses this user or password"
            raise StoreUnavailableError("Neo4j", self._uri, rule) from error
        except errors.Neo4jError as error:
            if str(error.code).rsplit(".", 1)[-1] in _TIMED_OUT:
                raise StoreTimeoutError(
                    "statement", shown(statement), "did not finish in time"
                ) from error
            rule = f"was refused by Neo4j: {error.message}"
            raise StoreError("statement", shown(statement), rule) from error
        except (errors.ProtocolError, ValueError) as error:
            raise StoreError("Neo4j", self._uri, f"was not understood: {error}") from error


def _run_one(text: str, run: merging.Run) -> None:
    run(text, {})


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a query returns
    """Return a value of py2neo as JSON-like ones, in the same form as graph.store.bolt.plain."""
    if isinstance(value, Node):
        return {**dict(value), "labels": sorted(value.labels)}
    if isinstance(value, Path) and not isinstance(value, Relationship):
        nodes, links = map(plain, value.nodes), map(plain, value.relationships)
        return {"nodes": list(nodes), "links": list(links)}
    if isinstance(value, Relationship):
        ends = {"source": value.start_node["uid"], "target": value.end_node["uid"]}
        return {**dict(value), "type": type(value).__name__, **ends}
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.iso_format() if hasattr(value, "iso_format") else value
