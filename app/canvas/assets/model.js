// What is wanted, what is put away, where things are: all that undo and redo give back.
import { BY, grouped, keptAs, leafGroup, membersBy, valueGroup } from "./groups.js";

const STEPS = 50;
// In a row or column: pixels between signs, and how much room a name below its sign takes.
const APART = 24;
const NAMED = { wide: 130, high: 34 };

// What a newer snapshot has done to a view, by its sign.
export const MARKS = { "+": "new", "−": "gone", "~": "changed" };

// A level that is not computed yet is neither a level nor none.
export const levelOf = (node) => (node.wait ? "wait" : node.level || "none");

export class Model {
  constructor() {
    this.nodes = new Map();
    this.edges = new Map();
    this.near = new Map();
    this.hidden = new Set();
    this.off = new Set();
    this.pinned = new Set();
    this.groups = new Map();
    this.filters = {};
    this.places = {};
    this.past = [];
    this.future = [];
    this.seen = null;
  }

  // Takes the whole wanted set; says which nodes are new.
  take(nodes, edges) {
    const added = nodes.filter((node) => !this.nodes.has(node.id));
    this.nodes = new Map(nodes.map((node) => [node.id, node]));
    this.edges = new Map(edges.map((edge) => [edge.id, edge]));
    this.near = new Map(nodes.map((node) => [node.id, []]));
    for (const edge of edges) {
      this.near.get(edge.from).push(edge);
      this.near.get(edge.to).push(edge);
    }
    for (const id of [...this.hidden]) if (!this.nodes.has(id) && !this.edges.has(id)) this.hidden.delete(id);
    for (const id of [...this.pinned]) if (!this.nodes.has(id)) this.pinned.delete(id);
    this.changed();
    return added;
  }

  changed() { this.seen = null; }

  state() {
    return {
      hidden: [...this.hidden], off: [...this.off], pinned: [...this.pinned],
      groups: [...this.groups.values()].map((group) => ({ ...group })),
      filters: { ...this.filters }, places: { ...this.places }, known: this.nodes,
    };
  }

  set(state) {
    // What an expansion brought later is put away, without a query.
    this.hidden = new Set([...state.hidden, ...[...this.nodes.keys()].filter((id) => !state.known.has(id))]);
    this.off = new Set(state.off);
    this.pinned = new Set(state.pinned);
    this.groups = new Map(state.groups.map((group) => [group.id, { ...group }]));
    this.filters = { ...state.filters };
    // What came since keeps its place.
    this.places = { ...this.places, ...state.places };
    this.changed();
  }

  keep() {
    this.past.push(this.state());
    if (this.past.length > STEPS) this.past.shift();
    this.future = [];
  }

  _back(from, to) {
    if (!from.length) return false;
    to.push(this.state());
    this.set(from.pop());
    return true;
  }

  undo() { return this._back(this.past, this.future); }

  redo() { return this._back(this.future, this.past); }

  passes(node) {
    const { record, regions } = this.filters;
    if (this.hidden.has(node.id) || this.off.has(`node:${node.style}`)) return false;
    if (this.off.has(`level:${levelOf(node)}`) || this.off.has(`mark:${MARKS[node.mark]}`)) return false;
    if (record && !(node.badges && (node.badges.active || node.badges.disputed))) return false;
    return !regions || regions.includes(node.region || "");
  }

  passesEdge(edge, ids, files) {
    const { share, since, until, files: wanted } = this.filters;
    if (!ids.has(edge.from) || !ids.has(edge.to) || this.hidden.has(edge.id)) return false;
    if (this.off.has(`link:${edge.type}`) || this.off.has(`kind:${edge.kind || "recorded"}`)) return false;
    if (this.off.has(`mark:${MARKS[edge.mark]}`)) return false;
    // A share filter speaks of shares alone; other links have none to compare.
    if (share !== undefined && edge.share !== undefined && edge.share < share) return false;
    if (since && edge.until && edge.until < since) return false;
    if (until && edge.since && edge.since > until) return false;
    return !wanted || (edge.said && wanted.includes(files[edge.said[0]]));
  }

  // {nodes, edges} that pass, folded leaves among them, and what is drawn in their place.
  visible(files = this.files || []) {
    if (this.seen) return this.seen;
    const nodes = [...this.nodes.values()].filter((node) => this.passes(node));
    const ids = new Set(nodes.map((node) => node.id));
    const edges = [...this.edges.values()].filter((edge) => this.passesEdge(edge, ids, files));
    this.seen = { nodes, edges, ...grouped(this.groups.values(), nodes, edges, this.nodes) };
    return this.seen;
  }

  neighbours(id) {
    const near = new Set([id]);
    for (const edge of this.near.get(id) || []) { near.add(edge.from); near.add(edge.to); }
    return near;
  }

  links(id) { return this.near.get(id) || []; }

  more(id) {
    const node = this.nodes.get(id);
    return Object.values((node && node.more) || {}).reduce((sum, count) => sum + count, 0);
  }

  // Leaves of one type around a node, two or more: those that could be folded.
  leaves(parent) {
    const { nodes, edges, folded } = this.visible();
    const ids = new Set(nodes.map((node) => node.id));
    const others = new Map();
    for (const edge of edges) {
      for (const [id, other] of [[edge.from, edge.to], [edge.to, edge.from]]) {
        if (!others.has(id)) others.set(id, new Set());
        others.get(id).add(other);
      }
    }
    const byStyle = new Map();
    for (const other of others.get(parent) || []) {
      if (!ids.has(other) || folded.has(other) || others.get(other).size !== 1) continue;
      const style = this.nodes.get(other).style;
      byStyle.set(style, [...(byStyle.get(style) || []), other]);
    }
    return [...byStyle].filter(([, members]) => members.length > 1);
  }

  fold(parent) {
    const found = this.leaves(parent);
    found.forEach(([style, members]) => this.stand(leafGroup(parent, style, members)));
    this.changed();
    return found.length;
  }

  // Members stand as one where they stood among themselves.
  stand(group) {
    const spots = group.members.map((member) => this.places[member]).filter(Boolean);
    const mean = (axis) => Math.round(spots.reduce((sum, spot) => sum + spot[axis], 0) / spots.length);
    this.groups.set(group.id, group);
    if (spots.length) this.places[group.id] = { x: mean("x"), y: mean("y") };
  }

  // In a row (along "x") or a column ("y"), in the order in which they stand, none over another.
  align(ids, along, signOf) {
    const across = along === "x" ? "y" : "x";
    const size = (id) => { const { w, h, below } = signOf(id); return along === "x" ? Math.max(w, below ? NAMED.wide : 0) : h + (below ? NAMED.high : 0); };
    const sorted = [...ids].sort((one, two) => this.places[one][along] - this.places[two][along]);
    const [first, last] = [this.places[sorted[0]][along], this.places[sorted[sorted.length - 1]][along]];
    const least = Math.max(...sorted.map(size)) + APART;
    const gap = Math.max(least, (last - first) / (sorted.length - 1));
    const begin = (first + last - gap * (sorted.length - 1)) / 2;
    const level = sorted.reduce((sum, id) => sum + this.places[id][across], 0) / sorted.length;
    sorted.forEach((id, place) => { this.places[id] = { [along]: Math.round(begin + gap * place), [across]: Math.round(level) }; });
  }

  // Who could stand together by a value, as [value, members]; who is folded already is free again.
  couldGroup(by) { return membersBy(by, this.visible().nodes); }

  // One grouping by value at a time; leaves that are folded stay as they are.
  groupBy(by, only) {
    const found = this.couldGroup(by).filter(([key]) => !only || only.includes(key));
    if (!only) for (const group of [...this.groups.values()]) if (group.by !== "leaf") this.groups.delete(group.id);
    found.forEach(([key, members]) => this.stand(valueGroup(by, key, members)));
    this.changed();
  }

  unfold(id) { this.groups.delete(id); this.changed(); }

  refold(pairs) {
    for (const by of BY) {
      const keys = pairs.filter(([kind]) => kind === `by:${by}`).map(([, key]) => key);
      if (keys.length) this.groupBy(by, keys);
    }
    pairs.forEach(([parent]) => { if (this.nodes.has(parent)) this.fold(parent); });
  }

  view() {
    const { nodes, edges } = this.visible();
    return {
      nodes: nodes.map((node) => node.id), edges: edges.map((edge) => edge.id),
      positions: Object.fromEntries(Object.entries(this.places).filter(([id]) => this.nodes.has(id))),
      pinned: [...this.pinned], hidden: [...this.hidden], off: [...this.off],
      groups: [...this.groups.values()].map(keptAs),
      filters: this.filters,
    };
  }
}
