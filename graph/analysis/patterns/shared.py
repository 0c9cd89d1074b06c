"""Organisations that share a representative, phone, e-mail or address beyond chance."""

import re
from typing import NamedTuple

import networkx as nx
import polars as pl

from graph.analysis.patterns.finding import Finding, Search
from graph.analysis.patterns.scene import Scene
from graph.policy.patterns import Rule

# Attribute -> (link type, column of the organisation, column of the value).
ATTRIBUTES = {
    "representative": ("REPRESENTS", "target", "source"),
    "phone": ("HAS_PHONE", "source", "target"),
    "email": ("HAS_EMAIL", "source", "target"),
    "address": ("HAS_ADDRESS", "source", "target"),
}


class Bond(NamedTuple):
    """One value that a pair shares: which, how many organisations have it, of how many, rows."""

    attribute: str
    value: int
    degree: int
    among: int
    rows: tuple[int, int]

    @property
    def chance(self) -> float:
        """Return the chance that another organisation taken at random has this value."""
        return (self.degree - 1) / max(self.among - 1, 1)


Pairs = dict[tuple[int, int], list[Bond]]
# Addresses where agents register companies by the hundred, as their own names say.
_AGENT = r"代办|代理注册|集群注册|集中登记|集中办公|商务秘书|秘书公司|托管地址|众创空间|虚拟地址"
# An agent's phone is one that so large a part of its holders have who sit at an agent's address.
_AGENT_PART = 0.5


def held_values(scene: Scene, attribute: str) -> pl.DataFrame:
    """Return one row an organisation and value on the day: organisation, value, row, degree."""
    kind, owner, value = ATTRIBUTES[attribute]
    frame = scene.alive(kind).select(
        pl.col(owner).alias("organisation"), pl.col(value).alias("value"), "row"
    )
    wanted = scene.nodes.filter(pl.col("organisation")).select(pl.col("place"))
    frame = frame.join(wanted, left_on="organisation", right_on="place", how="semi")
    frame = frame.unique(["organisation", "value"], keep="first", maintain_order=True)
    return frame.with_columns(pl.len().over("value").alias("degree")).sort("value", "organisation")


def agents(scene: Scene, search: Search) -> set[int]:
    """Return addresses, phones and e-mails of registration agents: who shares them shares nothing.

    Addresses by their names; phones and e-mails by who has them.
    """
    held = held_values(scene, "address")
    places = held["value"].unique().to_list()
    named = {place for place in places if re.search(_AGENT, scene.name(place))}
    tenants = held.filter(pl.col("value").is_in(list(named)))["organisation"].unique()
    found = set(named)
    for attribute in ("phone", "email"):
        contact = held_values(scene, attribute).filter(pl.col("degree") > 1)
        part = contact.group_by("value").agg(
            pl.col("organisation").is_in(tenants.implode()).mean().alias("part")
        )
        found |= set(part.filter(pl.col("part") >= _AGENT_PART)["value"].to_list())
    search.skip("registration_agents", len(found))
    return found


def bonds(scene: Scene, rule: Rule, search: Search) -> Pairs:
    """Return the pairs of organisations that share enough, with what; hubs skipped and counted.

    Enough are two attributes, or one value that is rare. Decided on tables: at a million parties
    there are a million pairs that share one common value and no more.
    """
    tables = []
    agency = list(agents(scene, search))
    for attribute in ATTRIBUTES:
        cut = rule.whole(f"most_{attribute}")
        held = held_values(scene, attribute)
        search.searched += held["value"].n_unique()
        among = held["organisation"].n_unique()
        held = held.filter(~pl.col("value").is_in(agency))
        hubs = held.filter(pl.col("degree") > cut)
        search.skip(f"{attribute}_hubs", hubs["value"].n_unique())
        usual = held.filter((pl.col("degree") > 1) & (pl.col("degree") <= cut))
        rare = pl.col("degree") <= rule.whole(f"rare_{attribute}")
        sharing = _sharing(usual).with_columns(
            pl.lit(attribute).alias("attribute"), pl.lit(among).alias("among"), rare.alias("rare")
        )
        tables.append(sharing)
    pair = ("organisation", "other")
    kinds = pl.col("attribute").n_unique().over(pair)
    enough = pl.col("rare").any().over(pair) | (kinds >= rule.whole("least_attributes"))
    told = ("attribute", "value", "degree", "among", "row", "row_other")
    found: Pairs = {}
    rows = pl.concat(tables).filter(enough).select(*pair, *told).iter_rows()
    for one, other, attribute, value, degree, among, row, row_other in rows:
        bond = Bond(attribute, value, degree, among, (row, row_other))
        found.setdefault((one, other), []).append(bond)
    return found


def _sharing(usual: pl.DataFrame) -> pl.DataFrame:
    """Return one row for every two organisations with the same value, ordered by value and pair."""
    others = usual.select(
        "value", pl.col("organisation").alias("other"), pl.col("row").alias("row_other")
    )
    pairs = usual.join(others, on="value").filter(pl.col("organisation") < pl.col("other"))
    return pairs.sort("value", "organisation", "other")


def branch_pairs(scene: Scene) -> set[tuple[int, int]]:
    """Return (branch, head) pairs in both orders: what they share says nothing."""
    rows = scene.links("BRANCH_OF").select("source", "target").iter_rows()
    pairs = {(int(one), int(two)) for one, two in rows}
    return pairs | {(two, one) for one, two in pairs}


def shared_attributes(scene: Scene, rule: Rule) -> Search:
    """Find groups of organisations joined by two shared attributes, or by a rare one."""
    search = Search()
    pairs = bonds(scene, rule, search)
    branches = branch_pairs(scene)
    graph = nx.Graph()
    for pair, held in pairs.items():
        if pair in branches:
            search.skip("branches", 1)
            continue
        graph.add_edge(*pair, bonds=held)
    for group in nx.connected_components(graph):
        search.findings.append(_finding(scene, rule, graph.subgraph(group)))
    return search


def chance_of(held: list[Bond]) -> float:
    """Return the chance that a pair shares these: the rarest value of each attribute, multiplied.

    Attributes are taken as independent, which they are not quite: the true chance is higher.
    """
    rarest: dict[str, float] = {}
    for bond in held:
        rarest[bond.attribute] = min(bond.chance, rarest.get(bond.attribute, 1.0))
    product = 1.0
    for name in sorted(rarest):
        product *= rarest[name]
    return product


def _finding(scene: Scene, rule: Rule, group: nx.Graph) -> Finding:
    members = sorted(group)
    held = [bond for *_, one in group.edges(data="bonds") for bond in one]
    values = sorted({(bond.attribute, bond.value, bond.degree) for bond in held})
    return scene.finding(
        rule,
        members,
        [*[(one, "sharing") for one in members], *[(value, name) for name, value, _ in values]],
        population=scene.organisations,
        count=len(members),
        rows=[row for bond in held for row in bond.rows],
        # Of several pairs the one that chance explains best: no pair is likelier than this.
        p=max(chance_of(one) for *_, one in group.edges(data="bonds")),
        facts={
            "members": len(members),
            "pairs": group.number_of_edges(),
            "attributes": len({name for name, *_ in values}),
        },
        lists={"values": [(name, scene.name(value), many) for name, value, many in values]},
    )
