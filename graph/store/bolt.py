"""A store over Bolt by the official driver: Neo4j, and the embedded engine that speaks it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any, Literal, TypeVar

import neo4j
from neo4j import exceptions
from neo4j.graph import Node, Path, Relationship

from graph.errors import StoreError, StoreTimeoutError, StoreUnavailableError
from graph.protocol import LinkBatch, NodeBatch, Params, Row, Rows
from graph.schema import cypher as texts
from graph.schema.catalog import SCHEMA
from graph.store import merging
from graph.store.check import check_links, check_nodes
from graph.store.statement import NODES_A_DELETE, chunks, refuse_writing, shown

Dialect = Literal["neo4j", "embedded"]
T = TypeVar("T")

# A dead server must not hold a screen for half a minute, which is the driver's own limit.
RETRY_SECONDS = 5.0
CONNECT_SECONDS = 5.0
ROWS_A_FETCH = 1_000
INDEX_SECONDS = 300
_NAMES: dict[Dialect, str] = {"neo4j": "Neo4j", "embedded": "embedded engine"}
_ABSENT = (exceptions.ServiceUnavailable, exceptions.SessionExpired, OSError)
_TIMED_OUT = ("TransactionTimedOut", "TransactionTimedOutClientConfiguration")


class BoltStore:
    """A GraphStore over one server; `reader` refuses to write whatever the user may do."""

    def __init__(
        self,
        uri: str,
        username: str,
        password: str,
        database: str | None = None,
        *,
        dialect: Dialect = "neo4j",
        reader: bool = False,
    ) -> None:
        """Connect and see that somebody answers.

        Raises:
            StoreUnavailableError: nobody does, or not this user.
        """
        self._uri, self._database, self._dialect = uri, database, dialect
        self._reader = reader
        with self._errors(None), self._address():
            self._driver = _driver(uri, username, password, dialect, self._retry_seconds())
        try:
            with self._errors(None), self._address():
                self._driver.verify_connectivity()
        except StoreError:
            self._driver.close()
            raise

    def ensure_schema(self) -> None:
        """Create the constraints and indexes of SCHEMA where they are missing."""
        groups = [[*texts.constraints(SCHEMA), texts.MARK_CONSTRAINT], texts.indexes(SCHEMA)]
        if self._dialect == "neo4j":
            groups.append(texts.full_text_indexes(SCHEMA))
            groups.append([f"CALL db.awaitIndexes({INDEX_SECONDS})"])
        for group in groups:
            self._write(partial(_run_all, group))

    def upsert_nodes(self, batch: NodeBatch) -> int:
        """Insert or replace nodes by uid; return how many changed."""
        check_nodes(batch)
        changed: set[str] = set()
        if self._dialect == "embedded":
            changed, written = self._write(lambda run: merging.strip_or_upsert(run, batch))
            if written:
                return len(changed)
        return len(changed | self._write(lambda run: merging.upsert_nodes(run, batch)))

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
        return sum(
            self._write(partial(merging.delete_nodes, label=label, uids=part))
            for part in chunks(uids, NODES_A_DELETE)
        )

    def delete_links(self, type: str, keys: Sequence[str]) -> int:  # noqa: A002 - as the protocol
        """Delete links by key; return how many went."""
        return sum(
            self._write(partial(merging.delete_links, type_name=type, keys=part))
            for part in chunks(keys)
        )

    def rows(self, cypher: str, params: Params, *, limit: int, timeout: timedelta) -> Rows:
        """Run a read of at most `limit` rows; StoreTimeoutError after `timeout`."""
        refuse_writing(cypher)

        def read(transaction: neo4j.ManagedTransaction) -> Rows:
            result = transaction.run(cypher, dict(params))
            found = result.fetch(limit + 1)
            rows = [tuple(map(plain, record.values())) for record in found[:limit]]
            return Rows(tuple(result.keys()), rows, more=len(found) > limit)

        work = neo4j.unit_of_work(timeout=timeout.total_seconds())(read)
        with self._errors(cypher), self._session(neo4j.READ_ACCESS) as session:
            return session.execute_read(work)

    def stream(self, cypher: str, params: Params) -> Iterator[Row]:
        """Yield the rows of a read one by one."""
        refuse_writing(cypher)
        with (
            self._errors(cypher),
            self._session(neo4j.READ_ACCESS) as session,
            # A managed transaction would hold all rows until its function returns.
            session.begin_transaction() as transaction,
        ):
            result = transaction.run(cypher, dict(params))
            names = result.keys()
            for record in result:
                yield dict(zip(names, map(plain, record.values()), strict=True))

    def holds(self) -> str | None:
        """Return the id of the snapshot that was published whole, or None."""
        with self._errors(texts.READ_MARK), self._session(neo4j.READ_ACCESS) as session:
            found = session.execute_read(lambda t: t.run(texts.READ_MARK).data())
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
        self._driver.close()

    def _retry_seconds(self) -> float:
        # An embedded engine that is gone comes back at another port: whoever reads asks there.
        return 0 if self._reader and self._dialect == "embedded" else RETRY_SECONDS

    def _session(self, mode: str) -> neo4j.Session:
        return self._driver.session(
            database=self._database, default_access_mode=mode, fetch_size=ROWS_A_FETCH
        )

    def _write(self, work: Callable[[merging.Run], T]) -> T:
        if self._reader:
            raise StoreError(_NAMES[self._dialect], self._uri, "is open for reading only")

        def write(transaction: neo4j.ManagedTransaction) -> T:
            def run(text: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
                return transaction.run(text, dict(params)).data()

            return work(run)

        with self._errors(None), self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(write)

    @contextmanager
    def _address(self) -> Iterator[None]:
        """Say of an address that is none that nobody can be reached there."""
        try:
            yield
        except (exceptions.ConfigurationError, ValueError) as error:
            name, rule = _NAMES[self._dialect], f"cannot be reached: {error}"
            raise StoreUnavailableError(name, self._uri, rule) from error

    @contextmanager
    def _errors(self, statement: str | None) -> Iterator[None]:
        """Turn what the driver raises into errors of the product's own tree."""
        name = _NAMES[self._dialect]
        try:
            yield
        except exceptions.AuthError as error:
            rule = "refuses this user or password"
            raise StoreUnavailableError(name, self._uri, rule) from error
        except _ABSENT as error:
            raise StoreUnavailableError(name, self._uri, "does not answer") from error
        except exceptions.Neo4jError as error:
            text = shown(statement or "")
            if (error.code or "").rsplit(".", 1)[-1] in _TIMED_OUT:
                raise StoreTimeoutError("statement", text, "did not finish in time") from error
            rule = f"was refused by {name}: {error.message or error.code}"
            raise StoreError("statement", text, rule) from error
        # Numbers beyond 64 bits and texts that are no UTF-8 cannot be sent at all.
        except (exceptions.DriverError, OverflowError, ValueError) as error:
            rule = f"was refused by the driver of {name}: {error}"
            raise StoreError("statement", shown(statement or ""), rule) from error


def _run_all(statements: Sequence[str], run: merging.Run) -> None:
    for text in statements:
        run(text, {})


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a query returns
    """Return a driver's value as JSON-like ones.

    A node is its properties with "labels"; a link its properties with "type", "source", "target"
    (uids, None where the answer does not hold that node); a path {"nodes", "links"}; dates
    and times ISO text.
    """
    if isinstance(value, Node):
        return {**map_plain(dict(value)), "labels": sorted(value.labels)}
    if isinstance(value, Relationship):
        ends = {
            side: None if node is None else node.get("uid")
            for side, node in (("source", value.start_node), ("target", value.end_node))
        }
        return {**map_plain(dict(value)), "type": value.type, **ends}
    if isinstance(value, Path):
        return {"nodes": list(map(plain, value.nodes)), "links": list(map(plain, value))}
    if isinstance(value, dict):
        return map_plain(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.iso_format() if hasattr(value, "iso_format") else value


def map_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a map with every value as JSON-like ones."""
    return {name: plain(value) for name, value in values.items()}


def _driver(
    uri: str, username: str, password: str, dialect: Dialect, retry_seconds: float
) -> neo4j.Driver:
    # Hints about a schema that is still empty are no news; the embedded engine sends none.
    off = neo4j.NotificationMinimumSeverity.OFF if dialect == "neo4j" else None
    return neo4j.GraphDatabase.driver(
        uri,
        auth=(username, password),
        max_transaction_retry_time=retry_seconds,
        connection_timeout=CONNECT_SECONDS,
        connection_acquisition_timeout=2 * CONNECT_SECONDS,
        notifications_min_severity=off,
    )
