// What is wanted, what is hidden, where things are: all that undo and redo give back.
"use strict";
const STEPS = 50;

class Model {
  constructor() {
    this.nodes = new Map();
    this.edges = new Map();
    this.hidden = new Set();
    this.kindsOff = new Set();
    this.places = {};
    this.pinned = new Set();
    this.past = [];
    this.future = [];
  }

  state() {
    return { hidden: [...this.hidden], off: [...this.kindsOff], places: { ...this.places } };
  }

  keep() {
    this.past.push(this.state());
    if (this.past.length > STEPS) this.past.shift();
    this.future = [];
  }

  _back(from, to) {
    if (!from.length) return false;
    to.push(this.state());
    const state = from.pop();
    this.hidden = new Set(state.hidden);
    this.kindsOff = new Set(state.off);
    this.places = { ...this.places, ...state.places };
    return true;
  }

  undo() { return this._back(this.past, this.future); }

  redo() { return this._back(this.future, this.past); }

  // Takes the whole wanted set; says which nodes are new.
  take(nodes, edges) {
    const added = nodes.filter((node) => !this.nodes.has(node.id));
    this.nodes = new Map(nodes.map((node) => [node.id, node]));
    this.edges = new Map(edges.map((edge) => [edge.id, edge]));
    for (const id of [...this.hidden]) if (!this.nodes.has(id)) this.hidden.delete(id);
    return added;
  }

  isShown(node) { return !this.hidden.has(node.id) && !this.kindsOff.has(node.kind); }

  shownNodes() { return [...this.nodes.values()].filter((node) => this.isShown(node)); }

  shownEdges() {
    const ids = new Set(this.shownNodes().map((node) => node.id));
    return [...this.edges.values()].filter(
      (edge) => ids.has(edge.from) && ids.has(edge.to) && !this.kindsOff.has(edge.kind)
    );
  }

  neighbours(id) {
    const near = new Set([id]);
    for (const edge of this.edges.values()) {
      if (edge.from === id) near.add(edge.to);
      if (edge.to === id) near.add(edge.from);
    }
    return near;
  }

  // New nodes go around the one they were asked from, in the widest free sector.
  placeAround(parent, added) {
    const centre = this.places[parent] || { x: 0, y: 0 };
    const taken = Object.entries(this.places)
      .filter(([id, at]) => id !== parent && Math.hypot(at.x - centre.x, at.y - centre.y) < 420)
      .map(([, at]) => Math.atan2(at.y - centre.y, at.x - centre.x))
      .sort((a, b) => a - b);
    let start = -Math.PI;
    let width = 2 * Math.PI;
    if (taken.length) {
      width = 0;
      taken.forEach((angle, place) => {
        const next = place + 1 < taken.length ? taken[place + 1] : taken[0] + 2 * Math.PI;
        if (next - angle > width) [start, width] = [angle, next - angle];
      });
    }
    added.forEach((node, place) => {
      const angle = start + (width * (place + 1)) / (added.length + 1);
      const away = 190 + 90 * (place % 2) + 45 * Math.floor(added.length / 12);
      this.places[node.id] = {
        x: Math.round(centre.x + away * Math.cos(angle)),
        y: Math.round(centre.y + away * Math.sin(angle)),
      };
    });
  }
}
