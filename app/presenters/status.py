"""What is loaded, as JSON and as lines."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol


class LoadedStatus(Protocol):
    """What a workspace holds, as it is shown."""

    @property
    def snapshot(self) -> str | None:
        """Return the current snapshot."""

    @property
    def published(self) -> str | None:
        """Return the snapshot that the store holds."""

    @property
    def parties(self) -> int:
        """Return how many parties there are."""

    @property
    def links(self) -> int:
        """Return how many links there are."""

    @property
    def records(self) -> int:
        """Return how many credit records there are."""

    @property
    def batches(self) -> Sequence[Any]:
        """Return the batches of the ledger."""

    @property
    def store(self) -> str:
        """Return the kind of store."""


def status_to_json(status: LoadedStatus) -> dict[str, Any]:
    """Return the status as the command line answers it."""
    return {
        "snapshot": status.snapshot,
        "published": status.published,
        "parties": status.parties,
        "links": status.links,
        "records": status.records,
        "batches": [
            {
                "batch": one.batch,
                "resource": one.resource,
                "file": one.file,
                "read": one.read,
                "loaded": one.loaded,
                "merged": one.merged,
                "rejected": one.rejected,
                "loaded_at": one.loaded_at,
            }
            for one in status.batches
        ],
        "store": status.store,
    }


def status_lines(status: LoadedStatus, *, asked: bool = True) -> Iterator[str]:
    """Yield the status as a person reads it; `asked`: the store said what it holds."""
    if status.snapshot is None:
        yield "尚无数据：xinmai load 装载文件，或 xinmai demo 生成演示数据"
        return
    yield f"主体 {status.parties:,}  关系 {status.links:,}  记录 {status.records:,}"
    same = "一致" if status.published == status.snapshot else "不一致：请重新装载以发布"
    held = f"{status.published or '空'}  {same}" if asked else "未能查询"
    yield f"快照 {status.snapshot}  图库（{status.store}）{held}"
    for one in status.batches:
        yield (
            f"{one.resource}\t{one.file}\t读入 {one.read} = 写入 {one.loaded} + 合并 {one.merged}"
            f" + 拒收 {one.rejected}\t{one.loaded_at}"
        )
