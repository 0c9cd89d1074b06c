// The drawing itself: vis draws what the model shows; what did not change is not touched.
import { FONT, LEGIBLE, drawMarks, drawSign, sign, units } from "./signs.js";
import { isGroup } from "./groups.js";
import { drawFigures } from "./figures.js";
import { GUARANTEE, drawRing, ringsOf } from "./rings.js";
import { at, t } from "./words.js";

// Above so many nodes names of links are left off and links hide while the ground is dragged.
export const CROWDED = 500;
const VEIL = "rgba(255, 255, 255, 0.8)";
const BEND = 0.16;
// From afar so many names are written at most, of so many candidates; pixels of a name.
const MOST_NAMES = 40;
const CANDIDATES = 400;
const NAME = { high: 15, letter: 6, longest: 24 };
// A link that a newer snapshot no longer has.
const GONE = { dashes: [3, 5], opacity: 0.5 };
// The sign of a group whose members are of several types.
export const MIXED = { shape: "square", fill: "#57606a", ink: "#FFFFFF" };
const LEVELS = ["high", "medium", "low"];

export class Board {
  constructor(app) {
    this.app = app;
    this.signs = new Map();
    this.drawnEdges = new Map();
    this.drawnNodes = new Map();
    this.nodeSet = new vis.DataSet();
    this.edgeSet = new vis.DataSet();
    this.labels = "figures";
    this.ranked = [];
    this.named = new Map();
    this.figures = new Map();
    this.ringed = [];
    this.lit = { hover: null, path: null, time: null };
    // One renderer for all: vis keeps the first it is given.
    this.renderer = ({ ctx, id, x, y, state }) => {
      const made = this.signs.get(id);
      if (!made) return { drawNode() {}, nodeDimensions: { width: 1, height: 1 } };
      const scale = this.network.getScale();
      return {
        drawNode() { drawSign(ctx, made, x, y, state, scale); },
        drawExternalLabel() { drawMarks(ctx, made, x, y, scale); },
        nodeDimensions: { width: made.w, height: made.h },
      };
    };
  }

  start(element) {
    this.network = new vis.Network(element, { nodes: this.nodeSet, edges: this.edgeSet }, {
      physics: false,
      layout: { improvedLayout: false },
      interaction: {
        hover: true, multiselect: true, selectConnectedEdges: false, hoverConnectedEdges: false,
        tooltipDelay: 100000, zoomSpeed: 0.6,
      },
      edges: {
        smooth: false, hoverWidth: 0.6, selectionWidth: 1.2, endPointOffset: { to: 1 },
      },
    });
    this.network.on("beforeDrawing", (ctx) => this.rings(ctx));
    this.network.on("afterDrawing", (ctx) => { this.written(ctx, this.figures); this.light(ctx); this.names(ctx); });
    // The keys are those of the whole canvas: the frame inside it is no stop of its own.
    element.querySelector(".vis-network").tabIndex = -1;
  }

  // Who is seen in a guarantee ring, with all that makes it one.
  rings(ctx) {
    const { data } = this.app;
    const type = data.types[GUARANTEE];
    for (const ring of this.ringed) {
      const boxes = ring.map((id) => ({ ...this.network.getPosition(id), ...this.signs.get(id) }));
      const scale = this.network.getScale();
      drawRing(ctx, boxes, type.colour, scale < LEGIBLE ? "" : t("ring"), FONT, scale);
    }
  }

  // Everything but what is lit fades under a veil: no node is changed, so that nothing can move.
  light(ctx) {
    const lit = this.lit.hover || this.lit.path || this.lit.time;
    if (!lit) return;
    ctx.save();
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = VEIL;
    ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    ctx.restore();
    // The library is packaged byte for byte, so its parts may be asked to draw themselves again.
    const { nodes, edges } = this.network.body;
    for (const id of lit.edges) if (edges[id] && edges[id].connected) { edges[id].draw(ctx); edges[id].drawArrows(ctx); }
    for (const id of lit.nodes) if (nodes[id]) nodes[id].draw(ctx);
    this.written(ctx, new Map([...lit.edges].filter((id) => this.figures.has(id)).map((id) => [id, this.figures.get(id)])));
  }

  // What stands on links, as long as its letters can be read.
  written(ctx, figures) {
    if (this.network.getScale() < LEGIBLE) return;
    drawFigures(ctx, figures, this.network.body, this.signs, FONT, units);
  }

  // Whose names are written first from afar: where it starts, own records, level, links.
  rank(wanted) {
    const { model, data } = this.app;
    const weight = ([id, node]) => {
      const place = LEVELS.indexOf(node.level);
      const badges = node.badges || {};
      return (id === data.anchor ? 1e6 : 0) + (badges.active || badges.disputed ? 1e5 : 0)
        + (place < 0 ? 0 : (LEVELS.length - place) * 1e4) + model.links(id).length;
    };
    // A page of an engagement or a telephone says little by its name.
    const told = ([id, node]) => node.name && (id === data.anchor || node.group || data.styles[node.style].party);
    return [...wanted].filter(told).map((one) => [one[0], one[1].name, weight(one)])
      .sort((one, two) => two[2] - one[2]).slice(0, CANDIDATES);
  }

  // Letters that shrink with the picture cannot be read from afar: names that matter most are
  // written over it at their full size, as far as they cover no other.
  names(ctx) {
    const scale = this.network.getScale();
    if (scale >= LEGIBLE) return;
    const lit = this.lit.hover || this.lit.path || this.lit.time;
    const { clientWidth, clientHeight } = at("canvas");
    const ratio = ctx.canvas.width / clientWidth;
    const taken = [];
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    Object.assign(ctx, { font: `11.5px ${FONT}`, textAlign: "center", textBaseline: "middle", lineWidth: 3 });
    ctx.strokeStyle = "rgba(255, 255, 255, 0.92)";
    ctx.fillStyle = "#1F2328";
    const chosen = this.app.chosen.nodes.filter((id) => this.named.has(id)).map((id) => [id, this.named.get(id)]);
    for (const [id, name] of [...chosen, ...this.ranked]) {
      if (taken.length >= MOST_NAMES) break;
      if (lit && !lit.nodes.has(id)) continue;
      const { x, y: middle } = this.point(id);
      const y = middle + (this.signs.get(id).h / 2) * scale - 2;
      const words = units(name) > NAME.longest ? `${name.slice(0, NAME.longest / 2 - 1)}…` : name;
      const half = (units(words) * NAME.letter) / 2 + 2;
      const box = [x - half, x + half, y + 4, y + 4 + NAME.high];
      if (box[0] < 0 || box[1] > clientWidth || y < 0 || box[3] > clientHeight) continue;
      if (taken.some((one) => box[0] < one[1] && box[1] > one[0] && box[2] < one[3] && box[3] > one[2])) continue;
      taken.push(box);
      ctx.strokeText(words, x, y + 4 + NAME.high / 2);
      ctx.fillText(words, x, y + 4 + NAME.high / 2);
    }
    ctx.restore();
  }

  shine(kind, lit) {
    this.lit[kind] = lit;
    this.network.redraw();
  }

  label(edge) {
    // What a newer snapshot has added or changed is said whatever else is left off.
    const { mark } = edge;
    if (this.labels === "off" || this.drawnNodes.size > CROWDED) return mark;
    const title = this.labels === "names" ? edge.post || this.app.data.types[edge.type].title : "";
    return [mark, title, edge.label].filter(Boolean).join(" ") || undefined;
  }

  edgeLook(edge) {
    const { colour } = this.app.data.types[edge.type];
    const { asof } = this.app.data;
    const ended = Boolean(edge.until && edge.until <= asof);
    const dashes = { computed: [8, 4], lead: [2, 4] }[edge.kind] || false;
    const look = {
      id: edge.id, from: edge.from, to: edge.to, dashes, width: ended ? 1 : 2,
      color: { color: colour, highlight: colour, hover: colour },
      arrows: { to: { enabled: edge.kind !== "lead", scaleFactor: ended ? 0.7 : 0.6, type: ended ? "vee" : "arrow" } },
      smooth: false,
    };
    if (edge.gone) {
      look.dashes = GONE.dashes;
      look.color = { color: colour, highlight: colour, hover: colour, opacity: GONE.opacity };
    }
    if (edge.curve) {
      // Parallels bend to either side in turn, whichever way each of them points.
      const turned = (edge.from < edge.to) === Boolean(edge.curve % 2);
      look.smooth = { enabled: true, type: turned ? "curvedCW" : "curvedCCW", roundness: BEND * Math.ceil(edge.curve / 2) };
    }
    return look;
  }

  // By how many, and by what where that is no type: its sign says the type.
  groupName(group) {
    const { families } = this.app.data;
    const count = `×${group.members.length}`;
    if (group.by === "leaf") return count;
    return `${group.by === "family" ? families[group.key] || group.key : group.key} ${count}`;
  }

  sync() {
    const { model, data } = this.app;
    const seen = model.visible();
    const letters = data.letters;
    const wanted = new Map();
    for (const node of seen.drawnNodes) wanted.set(node.id, node);
    for (const group of seen.groups) {
      wanted.set(group.id, { id: group.id, name: this.groupName(group), style: group.style, group: true });
    }
    this.signs.clear();
    // vis draws while it takes nodes away: rings and names stand again when all of them are there.
    [this.ringed, this.ranked, this.named] = [[], [], new Map()];
    for (const [id, node] of wanted) {
      this.signs.set(id, sign(node, data.styles[node.style] || MIXED, data.levels, letters, model.pinned.has(id)));
    }
    this.put(this.nodeSet, this.drawnNodes, [...wanted.keys()].map((id) => ({
      id, shape: "custom", ctxRenderer: this.renderer, ...(model.places[id] || { x: 0, y: 0 }),
    })));
    this.ranked = this.rank(wanted);
    this.named = new Map([...wanted].map(([id, node]) => [id, node.name]));
    this.crowd(wanted.size > CROWDED);
    const folded = seen.links.map((link) => ({ ...link, label: link.count > 1 ? `×${link.count}` : link.label }));
    const edges = [...seen.drawnEdges, ...folded];
    this.put(this.edgeSet, this.drawnEdges, edges.map((edge) => this.edgeLook(edge)));
    this.figures = new Map(edges.map((edge) => [edge.id, this.label(edge)]).filter(([, words]) => words));
    this.ringed = ringsOf(seen.drawnEdges, data.asof);
    this.network.redraw();
  }

  // Compared by content: an item that is the same is not given to vis again.
  put(set, drawn, items) {
    const ids = new Set(items.map((item) => item.id));
    const gone = [...drawn.keys()].filter((id) => !ids.has(id));
    gone.forEach((id) => drawn.delete(id));
    if (gone.length) set.remove(gone);
    const fresh = items.filter((item) => {
      const said = JSON.stringify(item);
      if (drawn.get(item.id) === said) return false;
      drawn.set(item.id, said);
      return true;
    });
    if (fresh.length) set.update(fresh);
  }

  crowd(crowded) {
    if (crowded === this.crowded) return;
    this.crowded = crowded;
    this.network.setOptions({ interaction: { hideEdgesOnDrag: crowded } });
  }

  // Places of what is drawn now: a drag has moved them since they were given.
  remember() {
    if (!this.network) return;
    const moved = this.network.getPositions();
    for (const [id, at] of Object.entries(moved)) {
      const held = this.app.model.places[id];
      // vis rounds what it tells; what was not dragged keeps its exact place.
      if (!held || Math.abs(held.x - at.x) > 1 || Math.abs(held.y - at.y) > 1) this.app.model.places[id] = at;
    }
  }

  // By what is drawn, signs and names included: vis knows their size only after a frame.
  fit() {
    const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
    for (const [id, { w, h, below }] of this.signs) {
      const { x, y } = this.app.model.places[id] || { x: 0, y: 0 };
      const wide = Math.max(w, below ? 130 : 0) / 2 + 14;
      box.left = Math.min(box.left, x - wide);
      box.right = Math.max(box.right, x + wide);
      box.top = Math.min(box.top, y - h / 2 - 16);
      box.bottom = Math.max(box.bottom, y + h / 2 + (below ? 42 : 14));
    }
    if (box.left > box.right) return;
    const { clientWidth, clientHeight } = at("canvas");
    // Not on the page yet, or no more: there is nothing to fit into before it has a size.
    if (!clientWidth || !clientHeight) { this.network.once("resize", () => this.fit()); return; }
    const scale = Math.min(1.25, clientWidth / (box.right - box.left + 20), clientHeight / (box.bottom - box.top + 20));
    const position = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
    this.network.moveTo({ position, scale, animation: false });
  }

  centre(id) {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.network.focus(id, { scale: Math.max(0.8, this.network.getScale()), animation: still ? false : { duration: 250 } });
  }

  point(id) { return this.network.canvasToDOM(this.network.getPosition(id)); }

  cycleLabels() {
    this.labels = { figures: "names", names: "off", off: "figures" }[this.labels];
    this.sync();
    return t(`labels_${this.labels}`);
  }

  around(id) {
    const { model } = this.app;
    const nodes = isGroup(id) ? new Set([id]) : new Set(model.neighbours(id));
    const edges = new Set(isGroup(id) ? [] : model.links(id).map((edge) => edge.id));
    for (const link of model.visible().links) {
      if (link.from === id || link.to === id) { nodes.add(link.from); nodes.add(link.to); edges.add(link.id); }
    }
    return { nodes, edges };
  }
}
