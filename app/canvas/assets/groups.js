// Groups: nodes that stand as one; leaves of a party, or all of a region, an industry, a family.
const GROUP = "group|";
const LINK = "grouped|";
// By which value of a node it is grouped; leaves have a parent and a type instead.
export const BY = ["region", "industry", "family"];

export const isGroup = (id) => String(id).startsWith(GROUP);

export const leafGroup = (parent, style, members) => ({ id: `${GROUP}${parent}|${style}`, by: "leaf", parent, style, members });

export const valueGroup = (by, key, members) => ({ id: `${GROUP}by:${by}|${key}`, by, key, members });

// As a view keeps it: two words; members are found again, as a newer snapshot may have others.
export const keptAs = (group) => (group.by === "leaf" ? [group.parent, group.style] : [`by:${group.by}`, group.key]);

// What all of them are, nothing where they are of several types.
function styleOf(members, nodes) {
  const styles = new Set(members.map((id) => nodes.get(id).style));
  return styles.size === 1 ? [...styles][0] : "";
}

// What holds of several is said of one line: it is gone or has ended where all of them have.
function join(held, edge) {
  held.count += 1;
  held.gone = held.gone && edge.gone;
  if (held.mark !== edge.mark) held.mark = undefined;
  if (held.until) held.until = edge.until && [held.until, edge.until].sort()[1];
}

// Links of members as links of their group: those of one type between the same two are one.
function linksOf(edges, folded) {
  const found = new Map();
  const beside = new Map();
  for (const edge of edges) {
    const from = folded.get(edge.from) || edge.from;
    const to = folded.get(edge.to) || edge.to;
    if (from === to || (from === edge.from && to === edge.to)) continue;
    const id = `${LINK}${from}|${to}|${edge.type}|${edge.kind || "recorded"}`;
    const held = found.get(id);
    if (held) { join(held, edge); continue; }
    const pair = [from, to].sort().join("|");
    const curve = beside.get(pair) || 0;
    beside.set(pair, curve + 1);
    found.set(id, { ...edge, id, from, to, curve, count: 1 });
  }
  return [...found.values()];
}

// What is drawn in place of the members: groups, and their links.
export function grouped(groups, nodes, edges, all) {
  const ids = new Set(nodes.map((node) => node.id));
  const folded = new Map();
  const drawn = [];
  for (const group of groups) {
    if (group.by === "leaf" && !ids.has(group.parent)) continue;
    const members = group.members.filter((id) => ids.has(id) && !folded.has(id));
    if (!members.length) continue;
    members.forEach((id) => folded.set(id, group.id));
    drawn.push({ ...group, members, style: styleOf(members, all) });
  }
  return {
    folded, groups: drawn, links: linksOf(edges, folded),
    drawnNodes: nodes.filter((node) => !folded.has(node.id)),
    drawnEdges: edges.filter((edge) => !folded.has(edge.from) && !folded.has(edge.to)),
  };
}

// Two or more of one value, the largest group first.
export function membersBy(by, nodes) {
  const found = new Map();
  for (const node of nodes) if (node[by]) found.set(node[by], [...(found.get(node[by]) || []), node.id]);
  return [...found].filter(([, members]) => members.length > 1).sort((one, two) => two[1].length - one[1].length);
}
