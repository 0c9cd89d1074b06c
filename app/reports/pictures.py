"""The pictures of a report: one topic each, split where one page would not hold its names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.presenters.drawing import family_of, sign_of
from app.reports.ask import Ground
from app.reports.content import Picture
from app.reports.picture import LEAST_POINTS, letters, source, svg
from app.reports.words import clauses, listed, word
from app.texts.read import text
from graph.analysis.answers import Contribution
from graph.analysis.network import network
from graph.model import Bounds, Node, Subgraph
from graph.schema.catalog import SCHEMA
from graph.schema.codes import KINDS
from graph.schema.words import Family

# A picture with more nodes is not readable on a page (screens.md 5).
MOST_NODES = 40
# Pictures of one topic: what is left out stands in the tables.
MOST_PICTURES = 4
OWNERSHIP = ("HOLDS_SHARES", "BRANCH_OF")
POSTS = ("REPRESENTS", "HOLDS_POST", "GUARANTEES")
SERVICES = ("SERVES", "SIGNS_FOR", "PRACTISES_AT")
# What a picture of paths leaves out: shared attributes say little and fill the page.
PATHS = (*OWNERSHIP, *POSTS, *SERVICES, "CONTROLS", "RELATED")
_LINES = ("recorded", "computed", "lead")
# Families that the legend names, in its order.
_FAMILIES = (Family.OWNERSHIP, Family.POSTS, Family.SERVICE, Family.GUARANTEE, Family.BRANCH)


@dataclass(frozen=True, slots=True)
class _Topic:
    """What is drawn: around whom, links of which types, or those of some paths alone."""

    ground: Ground
    name: str
    uid: str
    types: Sequence[str] = PATHS
    keys: frozenset[str] | None = None
    cut: bool = False

    def part(self, uids: Sequence[str]) -> Subgraph:
        """Return some parties with the links of this topic among them."""
        snapshot, on = self.ground.snapshot, self.ground.view.as_of
        if self.keys is None:
            return network(snapshot, uids, hops=0, types=self.types, as_of=on, limit=MOST_NODES)
        links = [snapshot.link(key) for key in sorted(self.keys)]
        inside = [one for one in links if one.source in uids and one.target in uids]
        return Subgraph(snapshot.nodes(uids), inside, Bounds(0, (), on, snapshot.id))


def around(
    ground: Ground, name: str, uid: str, types: Sequence[str], depth: int = 1
) -> tuple[Picture, ...]:
    """Return the pictures of what surrounds a party by links of some types, by branch."""
    branches, cut = _branches(ground, uid, types, depth)
    return _pictures(_Topic(ground, name, uid, types, cut=cut), branches)


def ways(ground: Ground, name: str, parts: Sequence[Contribution]) -> tuple[Picture, ...]:
    """Return the pictures of paths that end at the same party."""
    if not parts:
        return ()
    goal = parts[0].path[-1]
    keys = frozenset(key for part in parts for key in part.links)
    groups = [[uid for uid in part.path if uid != goal] for part in parts]
    return _pictures(_Topic(ground, name, goal, keys=keys), groups)


def tied(
    ground: Ground, name: str, pair: tuple[str, str], keys: Sequence[str]
) -> tuple[Picture, ...]:
    """Return the picture of the links that tie two parties."""
    links = [ground.snapshot.link(key) for key in keys]
    ends = dict.fromkeys(end for link in links for end in (link.source, link.target))
    one, other = pair
    between = [end for end in ends if end not in pair]
    if not links:
        return ()
    return _pictures(_Topic(ground, name, one, keys=frozenset(keys)), [[other, *between]])


def _branches(
    ground: Ground, uid: str, types: Sequence[str], depth: int
) -> tuple[list[list[str]], bool]:
    """Return every neighbour with what lies behind it, each node in one branch alone.

    Then whether somebody has more neighbours than are drawn.
    """
    seen = {uid}
    first, cut = _next(ground, uid, types, seen)
    branches = [[one] for one in first]
    rings = [[one] for one in first]
    for _ in range(depth - 1):
        for branch, ring in enumerate(rings):
            found = [_next(ground, one, types, seen) for one in ring]
            rings[branch] = [new for further, _ in found for new in further]
            branches[branch] += rings[branch]
            cut = cut or any(more for _, more in found)
    return branches, cut


def _next(ground: Ground, uid: str, types: Sequence[str], seen: set[str]) -> tuple[list[str], bool]:
    near = network(
        ground.snapshot, [uid], hops=1, types=types, as_of=ground.view.as_of, limit=MOST_NODES
    )
    found = [node.uid for node in near.nodes if node.uid not in seen]
    seen.update(found)
    return found, near.bounds.capped


def _pictures(topic: _Topic, branches: Sequence[Sequence[str]]) -> tuple[Picture, ...]:
    drawn: list[tuple[str, Subgraph]] = []
    for group in _packed(branches):
        if len(drawn) < MOST_PICTURES:
            drawn += _readable(topic, group)
    asked = {one for branch in branches for one in branch}
    kept = drawn[:MOST_PICTURES]
    shown = {node.uid for _, part in kept for node in part.nodes}
    missing = len(asked - shown)
    left = text("paper.pic.missing", count=missing) if missing else ""
    left += text("paper.pic.cut", most=MOST_NODES) if topic.cut else ""
    return tuple(
        Picture(topic.name, _caption(topic, part, (place, len(kept)), left), dot)
        for place, (dot, part) in enumerate(kept, start=1)
    )


def _packed(branches: Sequence[Sequence[str]]) -> Iterator[list[list[str]]]:
    """Yield branches in groups of at most so many nodes as one picture holds."""
    group: list[list[str]] = []
    room = MOST_NODES - 1
    for branch in branches:
        size = len(set(branch))
        if group and size > room:
            yield group
            group, room = [], MOST_NODES - 1
        group.append(list(branch))
        room -= size
    if group:
        yield group


def _readable(topic: _Topic, group: Sequence[Sequence[str]]) -> list[tuple[str, Subgraph]]:
    """Return a group as one picture, or as two where its names would be too small."""
    behind = (one for branch in group for one in branch)
    uids = list(dict.fromkeys([topic.uid, *behind]))[:MOST_NODES]
    part = topic.part(uids)
    dot = source(part, _marks(topic.ground, part.nodes))
    if letters(svg(dot)) >= LEAST_POINTS:
        return [(dot, part)]
    if len(group) > 1:
        middle = len(group) // 2
        return [*_readable(topic, group[:middle]), *_readable(topic, group[middle:])]
    if len(uids) > 2:  # noqa: PLR2004 - two names are always large enough
        return _readable(topic, [group[0][: len(group[0]) // 2]])
    return [(dot, part)]


def _marks(ground: Ground, nodes: Sequence[Node]) -> Mapping[str, str]:
    counts = {node.uid: len(ground.active(node.uid)) for node in nodes if "Party" in node.labels}
    return {uid: text("paper.pic.mark", count=count) for uid, count in counts.items() if count}


def _caption(topic: _Topic, part: Subgraph, place: tuple[int, int], left: str) -> str:
    """Return what stands below a picture: topic, day, and only the signs that are in it."""
    signs = {sign_of(node).shape: _word(node) for node in part.nodes}
    shapes = [
        f"{text(f'paper.pic.shape.{shape.value}')} {what}" for shape, what in sorted(signs.items())
    ]
    drawn = {link.kind for link in part.links}
    lines = [
        f"{text(f'paper.pic.line.{one}')} {word(KINDS[one])}" for one in _LINES if one in drawn
    ]
    if any(link.valid_to is not None for link in part.links):
        lines.append(text("paper.pic.ended"))
    families = {family_of(link.type) for link in part.links}
    colours = [text(f"paper.pic.family.{one.value}") for one in _FAMILIES if one in families]
    number = {"place": place[0], "count": place[1]}
    return text(
        "paper.pic.caption",
        topic=topic.name,
        number=text("paper.pic.number", **number) if place[1] > 1 else "",
        as_of=topic.ground.view.as_of,
        snapshot=topic.ground.snapshot.id,
        legend=clauses(listed(words) for words in (shapes, lines, colours) if words),
        left=left,
    )


def _word(node: Node) -> str:
    """Return what a node is in the legend: its role before its own kind."""
    roles = [one for one in node.labels if SCHEMA.node(one).role]
    return word(SCHEMA.node(roles[0] if roles else node.label).title)
