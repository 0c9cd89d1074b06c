// The canvas: takes the wanted set and changes the drawing in place, tells the app what was done.
import { Host } from "./host.js";
import { Model, isGroup } from "./model.js";
import { Board } from "./board.js";
import { makeActs } from "./acts.js";
import { drawTools } from "./tools.js";
import { drawLegend } from "./legend.js";
import { drawChips } from "./filters.js";
import { drawTime, timeWindow } from "./timebar.js";
import { drawList, listed, said } from "./listview.js";
import { drawPaths, pathMode, pathThrough } from "./paths.js";
import { closeMenu } from "./menus.js";
import { listenKeys } from "./keys.js";
import { saveFile } from "./png.js";
import { announce, at, make, speak, t } from "./words.js";

// A state is told after a pause: a drag is many moves, a double click two clicks.
const PAUSE_MS = 300;
// Acts travel again with each message, so that one which was overtaken is not lost.
const RECENT = 20;
const CARD_MS = 120;
// What changes nothing on the canvas sends no answer.
const BUSY_MS = 4000;

const app = { model: new Model(), chosen: { nodes: [], edges: [] }, ends: [null, null], data: null };
app.board = new Board(app);
let last = 0;
let recent = [];
let pause = 0;
let hover = 0;
let revision = null;
let arranged = null;
let token = null;
let spoken = 0;

// Numbers grow over reloads of this frame too: the app acts upon each once.
function next() {
  last = Math.max(last + 1, Date.now());
  return last;
}

function post() {
  clearTimeout(pause);
  app.board.remember();
  const centre = app.board.network.getViewPosition();
  Host.say({
    seq: next(), acts: recent,
    view: {
      ...app.model.view(), chosen_nodes: app.chosen.nodes.filter((id) => !isGroup(id)), chosen_edges: app.chosen.edges,
      zoom: app.board.network.getScale(), centre,
    },
  });
}

app.tell = () => { clearTimeout(pause); pause = setTimeout(post, PAUSE_MS); };

app.ask = (act) => {
  recent = [...recent, { ...act, seq: next() }].slice(-RECENT);
  at("status").classList.add("busy");
  setTimeout(() => at("status").classList.remove("busy"), BUSY_MS);
  post();
};

app.say = (words) => { at("status").textContent = words; };

app.tools = () => drawTools(app);

app.paths = () => drawPaths(app);

app.redraw = () => {
  app.model.changed();
  app.board.sync();
  drawTools(app);
  drawLegend(app);
  drawChips(app);
  drawTime(app);
  drawList(app);
  grow();
};

app.acts = makeActs(app);

function grow() {
  Host.height(document.querySelector("main").offsetHeight + 2);
}

function card(lines, event) {
  const box = at("card");
  box.replaceChildren();
  lines.filter(Boolean).forEach((line, place) => make("div", place ? "" : "name", line, box));
  box.hidden = false;
  const x = Math.min(event.clientX + 14, window.innerWidth - box.offsetWidth - 8);
  const y = Math.min(event.clientY + 14, window.innerHeight - box.offsetHeight - 8);
  box.style.left = `${Math.max(4, x)}px`;
  box.style.top = `${Math.max(4, y)}px`;
}

function nodeLines(id) {
  const { data, model } = app;
  if (isGroup(id)) {
    const group = model.visible().groups.find((one) => one.id === id);
    return [`${data.styles[group.style].title} ×${group.members.length}`, ...group.members.slice(0, 8).map((one) => model.nodes.get(one).name)];
  }
  const node = model.nodes.get(id);
  const more = Object.entries(node.more || {}).map(([type, count]) => `${data.types[type].title} ${count}`).join("、");
  return [
    node.name, [data.styles[node.style].title, node.state, node.region].filter(Boolean).join(" · "), node.code,
    ...Object.entries(node.badges || {}).map(([name, count]) => `${data.letters[name]} ${t(`badge_${name}`)} ${count}`),
    node.exposure ? t("card_exposure", { value: node.exposure, level: node.level ? data.levels[node.level].title : t("level_none") }) : "",
    more ? t("card_more", { more }) : "",
  ];
}

function edgeLines(id) {
  const { data, model } = app;
  const edge = model.edges.get(id);
  if (!edge) return [];
  const period = edge.since || edge.until ? `${edge.since || "?"} — ${edge.until || t("until_today")}` : "";
  return [
    `${model.nodes.get(edge.from).name} → ${model.nodes.get(edge.to).name}`,
    [data.types[edge.type].title, edge.post, edge.label].filter(Boolean).join(" "), period, data.kinds[edge.kind || "recorded"],
    t("card_source", { source: said(app, edge) }),
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
  at("canvas").addEventListener("mouseleave", leave);
  document.addEventListener("pointerdown", (event) => { if (!event.target.closest("#menu")) closeMenu(); });
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
    if (added.length) { model.expanded(added); app.tell(); }
    places(added);
    model.take(data.nodes, data.edges);
  }
  token = data.restore.token;
  arranged = data.arranged;
  return another;
}

Host.hear((args) => {
  const data = JSON.parse(new TextDecoder().decode(args.picture));
  const first = revision === null;
  const mark = `${data.revision}|${data.lang}|${data.restore.token}`;
  at("status").classList.remove("busy");
  if (mark === revision) return;
  speak(data.texts);
  document.documentElement.lang = data.lang;
  if (first) {
    at("canvas").style.height = `${args.height}px`;
    at("canvas").setAttribute("aria-label", t("canvas"));
    app.board.start(at("canvas"));
    gestures();
    listenKeys(app);
  } else if (app.data.lang !== data.lang) at("tools").replaceChildren();
  const another = take(data, first);
  revision = mark;
  app.redraw();
  drawPaths(app);
  // A word of the canvas before this one spoke of other things.
  if (another && !first) app.tell();
  if (first || another) {
    const { zoom, centre } = data.restore.view;
    if (zoom && centre) app.board.network.moveTo({ position: centre, scale: zoom, animation: false });
    else app.board.fit();
    const drawn = app.chosen.nodes.filter((id) => app.board.nodeSet.get(id));
    app.board.network.setSelection({ nodes: drawn, edges: app.chosen.edges.filter((id) => app.board.edgeSet.get(id)) }, { highlightEdges: false });
  }
  if (data.told && data.told.seq > spoken) {
    spoken = data.told.seq;
    app.say(data.told.text);
    announce(data.told.text);
    if (data.told.file) saveFile(data.told.file);
  }
  grow();
});

window.addEventListener("resize", grow);

// What a test in a browser may look at.
window.xinmaiCanvas = {
  places: () => Object.fromEntries(app.board.nodeSet.getIds().map((id) => [id, app.board.network.getPosition(id)])),
  point: (id) => app.board.point(id),
  shown: () => app.board.nodeSet.getIds(),
  edges: () => app.board.edgeSet.getIds(),
  visible: () => ({ nodes: app.model.visible().nodes.map((node) => node.id), edges: app.model.visible().edges.map((edge) => edge.id) }),
  chosen: () => app.chosen,
  lit: () => Object.fromEntries(Object.entries(app.board.lit).map(([kind, lit]) => [kind, lit && [...lit.nodes]])),
  state: () => app.model.view(),
  listed, time: timeWindow,
  scale: () => app.board.network.getScale(),
  forge: (said) => Host.say(said),
  act: (name, ...args) => app.acts[name](...args),
};
Host.ready();
