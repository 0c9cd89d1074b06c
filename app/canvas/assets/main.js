// The canvas: takes the wanted set and changes the drawing in place, tells the app what was done.
import "./vis-network.min.js";
import { isGroup } from "./groups.js";
import { Model } from "./model.js";
import { Board } from "./board.js";
import { makeActs } from "./acts.js";
import { drawTools, resetTools } from "./tools.js";
import { drawLegend } from "./legend.js";
import { drawChips } from "./filters.js";
import { drawTime, resetTime, timeWindow } from "./timebar.js";
import { drawList, listed, resetList, said } from "./listview.js";
import { drawPaths, pathMode, pathThrough, resetPaths } from "./paths.js";
import { closeMenu, groupTitle, resetMenus } from "./menus.js";
import { drawMap, drawWindow, listenMap, resetMap } from "./minimap.js";
import { resetDialogs } from "./dialogs.js";
import { resetSelecting } from "./select.js";
import { listenKeys, resetKeys } from "./keys.js";
import { saveFile } from "./png.js";
import { announce, at, float, focused, make, mount, speak, t } from "./words.js";

// A state is told after a pause: a drag is many moves, a double click two clicks.
const PAUSE_MS = 300;
// Acts travel again with each message, so that one which was overtaken is not lost.
const RECENT = 20;
const CARD_MS = 120;
// What changes nothing on the canvas sends no answer.
const BUSY_MS = 4000;
// As high as the window has room for below the head of the screen, in pixels.
const [LEAST_HIGH, MOST_HIGH, AROUND] = [480, 900, 360];
// The way to the app: one value that is replaced whole.
const SAID = "said";
const REST = { name: "levels", nodes: [], edges: [], args: {} };

// One canvas a page. What the page around takes away and mounts again begins anew: its places are
// with the app, which sends them back.
const mounted = new WeakMap();
let app = null;
let host = null;
let last = 0;
let recent = [];
let pause = 0;
let hover = 0;
let revision = null;
let arranged = null;
let token = null;
let spoken = 0;
let asked = 0;
let rest = 0;

// Numbers grow over reloads of the page too: the app acts upon each once.
function next() {
  last = Math.max(last + 1, Date.now());
  return last;
}

function post() {
  clearTimeout(pause);
  pause = 0;
  app.board.remember();
  const centre = app.board.network.getViewPosition();
  host(SAID, JSON.stringify({
    seq: next(), acts: app.data.waiting ? [...recent, { ...REST, seq: next() }] : recent,
    view: {
      ...app.model.view(), chosen_nodes: app.chosen.nodes.filter((id) => !isGroup(id)), chosen_edges: app.chosen.edges,
      zoom: app.board.network.getScale(), centre,
    },
  }));
}

// What is still to be computed is asked for with whatever is said next, and soon by itself.
function askRest() {
  clearTimeout(rest);
  if (app.data.waiting) rest = setTimeout(post, 0);
}

function makeApp() {
  const made = { model: new Model(), chosen: { nodes: [], edges: [] }, ends: [null, null], data: null };
  made.board = new Board(made);
  made.tell = () => { clearTimeout(pause); pause = setTimeout(post, PAUSE_MS); };
  made.ask = (act) => {
    recent = [...recent, { ...act, seq: next() }].slice(-RECENT);
    at("status").classList.add("busy");
    setTimeout(() => at("status").classList.remove("busy"), BUSY_MS);
    post();
  };
  made.say = (words) => { at("status").textContent = words; };
  made.tools = () => drawTools(made);
  made.paths = () => drawPaths(made);
  made.redraw = () => {
    made.model.changed();
    made.board.sync();
    drawTools(made);
    drawLegend(made);
    drawChips(made);
    drawTime(made);
    drawList(made);
    drawMap(made);
  };
  made.acts = makeActs(made);
  return made;
}

function card(lines, event) {
  const box = at("card");
  box.replaceChildren();
  lines.filter(Boolean).forEach((line, place) => make("div", place ? "" : "name", line, box));
  box.hidden = false;
  float(box, event.clientX + 14, event.clientY + 14);
}

function nodeLines(id) {
  const { data, model } = app;
  if (isGroup(id)) {
    const group = model.visible().groups.find((one) => one.id === id);
    return [groupTitle(app, group), ...group.members.slice(0, 8).map((one) => model.nodes.get(one).name)];
  }
  const node = model.nodes.get(id);
  const more = Object.entries(node.more || {}).map(([type, count]) => `${data.types[type].title} ${count}`).join("、");
  return [
    node.name, node.gone ? t("card_gone", { then: data.then }) : "",
    [data.styles[node.style].title, node.state, node.region].filter(Boolean).join(" · "), node.code,
    ...Object.entries(node.badges || {}).map(([name, count]) => `${data.letters[name]} ${t(`badge_${name}`)} ${count}`),
    node.wait ? t("card_wait") : node.exposure ? t("card_exposure", { value: node.exposure, level: node.level ? data.levels[node.level].title : t("level_none") }) : "",
    more ? t("card_more", { more }) : "",
  ];
}

function edgeLines(id) {
  const { data, model } = app;
  const edge = model.edges.get(id);
  if (!edge) {
    const link = model.visible().links.find((one) => one.id === id);
    return link ? [`${data.types[link.type].title} ×${link.count}`, data.kinds[link.kind || "recorded"]] : [];
  }
  const period = edge.since || edge.until ? `${edge.since || "?"} — ${edge.until || t("until_today")}` : "";
  return [
    `${model.nodes.get(edge.from).name} → ${model.nodes.get(edge.to).name}`,
    [data.types[edge.type].title, edge.post, edge.label].filter(Boolean).join(" "), period, data.kinds[edge.kind || "recorded"],
    edge.gone ? t("card_gone", { then: data.then }) : t("card_source", { source: said(app, edge) }),
  ];
}

function gestures() {
  const { network } = app.board;
  const { acts, model } = app;
  network.on("click", (event) => {
    closeMenu();
    at("filters").hidden = true;
    const id = event.nodes.length ? network.getNodeAt(event.pointer.DOM) : undefined;
    if (pathMode() && id !== undefined && !isGroup(id)) pathThrough(app, id);
    app.chosen = { nodes: [...network.getSelectedNodes()], edges: network.getSelectedEdges().filter((one) => model.edges.has(one)) };
    if (app.chosen.nodes.length) app.chosen.edges = [];
    app.tell();
  });
  network.on("doubleClick", (event) => { if (event.nodes.length) acts.expand(event.nodes[0]); });
  network.on("dragStart", (event) => { if (event.nodes.length) { app.board.remember(); model.keep(); at("card").hidden = true; } });
  network.on("dragEnd", (event) => {
    if (!event.nodes.length) return;
    event.nodes.filter((id) => !isGroup(id)).forEach((id) => model.pinned.add(id));
    app.board.remember();
    app.redraw();
    app.tell();
  });
  network.on("oncontext", (event) => {
    event.event.preventDefault();
    const node = network.getNodeAt(event.pointer.DOM);
    const edge = network.getEdgeAt(event.pointer.DOM);
    const kind = node !== undefined ? "node" : model.edges.has(edge) ? "edge" : "ground";
    acts.menu(kind, node !== undefined ? node : edge, event.event.clientX, event.event.clientY);
  });
  const later = (run) => { clearTimeout(hover); hover = setTimeout(run, CARD_MS); };
  network.on("hoverNode", (event) => later(() => {
    if (!at("menu").hidden) return;
    app.board.shine("hover", app.board.around(event.node));
    card(nodeLines(event.node), event.event);
  }));
  network.on("hoverEdge", (event) => later(() => { if (at("menu").hidden) card(edgeLines(event.edge), event.event); }));
  const leave = app.leave = () => { clearTimeout(hover); at("card").hidden = true; if (app.board.lit.hover) app.board.shine("hover", null); };
  network.on("blurNode", leave);
  network.on("blurEdge", leave);
  at("canvas").addEventListener("pointerdown", () => at("canvas").focus({ preventScroll: true }));
  // Whoever leaves may go to another screen: what is to be told is told now.
  at("canvas").addEventListener("mouseleave", () => { leave(); if (pause) post(); });
}

function restore(view) {
  const { model } = app;
  model.set({ ...model.state(), hidden: view.hidden || [], off: view.off || [], pinned: view.pinned || [], groups: [], filters: view.filters || {} });
  if (view.groups && view.groups.length) model.refold(view.groups);
  app.chosen = { nodes: view.chosen_nodes || [], edges: view.chosen_edges || [] };
  model.past = [];
  model.future = [];
  // What is put away already must be counted by the app too.
  if (model.hidden.size || model.off.size || Object.keys(model.filters).length) app.tell();
}

function take(data, first) {
  const { model } = app;
  const places = (nodes) => nodes.forEach((node) => { model.places[node.id] = { x: node.x, y: node.y }; });
  const another = token !== data.restore.token;
  if (!first) app.board.remember();
  app.data = data;
  model.files = data.files;
  if (first || another) {
    model.places = {};
    model.take(data.nodes, data.edges);
    places(data.nodes);
    app.ends = data.ends.length ? [...data.ends] : [null, null];
    restore(data.restore.view);
  } else {
    if (arranged !== data.arranged) { model.keep(); places(data.nodes); app.tell(); }
    const added = data.nodes.filter((node) => !model.nodes.has(node.id));
    if (added.length) model.keep();
    if (added.length || data.edges.some((edge) => !model.edges.has(edge.id))) app.tell();
    places(added);
    model.take(data.nodes, data.edges);
  }
  token = data.restore.token;
  arranged = data.arranged;
  return another;
}

// Nobody but this page is told where a press outside of the canvas went: the menu closes.
function outside(event) {
  if (!event.composedPath().includes(at("menu"))) closeMenu();
}

function begin(root) {
  mount(root);
  [resetTools, resetTime, resetList, resetPaths, resetMenus, resetDialogs, resetSelecting, resetKeys, resetMap].forEach((reset) => reset());
  [pause, hover, rest].forEach((one) => clearTimeout(one));
  [recent, revision, arranged, token, spoken] = [[], null, null, null, 0];
  app = makeApp();
}

function start(root) {
  const high = Math.max(LEAST_HIGH, Math.min(MOST_HIGH, window.innerHeight - AROUND));
  ["canvas", "list"].forEach((id) => { at(id).style.height = `${high}px`; });
  at("canvas").setAttribute("aria-label", t("canvas"));
  app.board.start(at("canvas"));
  gestures();
  listenKeys(app, root);
  listenMap(app);
  app.board.network.on("afterDrawing", () => drawWindow(app));
  document.addEventListener("pointerdown", outside);
  hook();
}

function draw(data, root) {
  const first = revision === null;
  const mark = `${data.revision}|${data.lang}|${data.restore.token}`;
  at("status").classList.remove("busy");
  if (mark === revision) { askRest(); return; }
  speak(data.texts);
  at("tools").closest("main").lang = data.lang;
  if (first) start(root);
  else if (app.data.lang !== data.lang) at("tools").replaceChildren();
  // What was said is of the day, the links and the language before.
  if (!first && (app.data.lang !== data.lang || token !== data.restore.token)) app.say("");
  const another = take(data, first);
  revision = mark;
  // Who belongs to whom was asked for: now it is known.
  if (app.grouping && data.kin) { app.grouping = false; app.acts.groupBy("family"); }
  app.redraw();
  drawPaths(app);
  // A word of the canvas before this one spoke of other things.
  if (another && !first) app.tell();
  if (first || another) show(data.restore.view);
  if (data.told && data.told.seq > spoken) {
    spoken = data.told.seq;
    app.say(data.told.text);
    announce(data.told.text);
    if (data.told.file) saveFile(data.told.file);
  }
  askRest();
}

function show({ zoom, centre }) {
  if (zoom && centre) app.board.network.moveTo({ position: centre, scale: zoom, animation: false });
  else app.board.fit();
  const drawn = app.chosen.nodes.filter((id) => app.board.nodeSet.get(id));
  app.board.network.setSelection({ nodes: drawn, edges: app.chosen.edges.filter((id) => app.board.edgeSet.get(id)) }, { highlightEdges: false });
}

// What a test in a browser may look at.
function hook() {
  window.xinmaiCanvas = {
    places: () => Object.fromEntries(app.board.nodeSet.getIds().map((id) => [id, app.board.network.getPosition(id)])),
    point: (id) => app.board.point(id),
    shown: () => app.board.nodeSet.getIds(),
    edges: () => app.board.edgeSet.getIds(),
    visible: () => ({ nodes: app.model.visible().nodes.map((node) => node.id), edges: app.model.visible().edges.map((edge) => edge.id) }),
    chosen: () => app.chosen,
    rings: () => app.board.ringed.map((ring) => [...ring].sort()),
    lit: () => Object.fromEntries(Object.entries(app.board.lit).map(([kind, lit]) => [kind, lit && [...lit.nodes]])),
    state: () => app.model.view(),
    listed, time: timeWindow,
    scale: () => app.board.network.getScale(),
    fit: () => app.board.fit(),
    waiting: () => app.data.waiting,
    hops: () => app.data.hops,
    more: () => Object.fromEntries([...app.model.nodes.keys()].map((id) => [id, app.model.more(id)])),
    focus: () => (focused() || {}).id,
    moveTo: (options) => app.board.network.moveTo({ ...options, animation: false }),
    forge: (said_) => host(SAID, JSON.stringify(said_)),
    act: (name, ...args) => app.acts[name](...args),
  };
}

function end(root) {
  // The page also ends a call that a newer picture overtook, while the canvas stands: what was done
  // on it would be lost. What is taken away is off the page before its end is called.
  if (root.isConnected) return;
  // Mounted again meanwhile: the other one has taken over.
  if (mounted.get(root) !== app) return;
  [pause, hover, rest].forEach((one) => clearTimeout(one));
  resetTime();
  document.removeEventListener("pointerdown", outside);
  if (app.board.network) app.board.network.destroy();
  mounted.delete(root);
  delete window.xinmaiCanvas;
}

// The picture comes packed; of two that are unpacked at a time the later one holds.
async function unpack(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

// Called by the page with each picture, and again with the same one.
export default function (component) {
  const { data, parentElement: root, setStateValue } = component;
  if (!mounted.has(root)) {
    begin(root);
    mounted.set(root, app);
  }
  host = setStateValue;
  const number = asked += 1;
  const its = app;
  if (data) {
    unpack(data).then((picture) => { if (number === asked && its === app) draw(picture, root); });
  }
  return () => end(root);
}
