// The canvas: draws the wanted set in place, tells the app what a person did.
"use strict";
const model = new Model();
let network, nodeSet, edgeSet, texts = {}, asked = null, lastRevision = null, labels = true, timer = 0;
const at = (id) => document.getElementById(id);

function say(name, more) {
  Host.say({ seq: Date.now(), name, positions: model.places, ...more });
}

function remember() {
  if (network) Object.assign(model.places, network.getPositions());
}

function sync() {
  const nodes = model.shownNodes().map((node) => ({ ...node.vis, id: node.id, ...model.places[node.id] }));
  const edges = model.shownEdges().map((edge) => ({
    ...edge.vis, id: edge.id, from: edge.from, to: edge.to, label: labels ? edge.vis.label : undefined,
  }));
  for (const [set, wanted] of [[nodeSet, nodes], [edgeSet, edges]]) {
    const ids = new Set(wanted.map((item) => item.id));
    set.remove(set.getIds().filter((id) => !ids.has(id)));
    set.update(wanted);
  }
  drawLegend();
  at("shown").textContent = `${texts.shown} ${nodes.length}/${model.nodes.size}`;
}

function act(change) {
  remember();
  model.keep();
  change();
  sync();
}

const actions = {
  expand(id) { asked = id; say("expand", { id }); },
  hide(id) { act(() => model.hidden.add(id)); },
  only(id) {
    const near = model.neighbours(id);
    act(() => model.nodes.forEach((_, other) => { if (!near.has(other)) model.hidden.add(other); }));
  },
  open(id) { say("open", { id }); },
  exposure(id) { say("exposure", { id }); },
  copy(id) { navigator.clipboard.writeText(model.nodes.get(id).name); },
  all() { act(() => { model.hidden.clear(); model.kindsOff.clear(); }); },
  fit() { network.fit({ animation: false }); },
  undo() { remember(); if (model.undo()) sync(); },
  redo() { remember(); if (model.redo()) sync(); },
  labels() { labels = !labels; sync(); },
};

function button(parent, words, run, enabled = true) {
  const made = document.createElement("button");
  made.textContent = words;
  made.disabled = !enabled;
  made.addEventListener("click", run);
  parent.append(made);
  return made;
}

function drawTools() {
  const tools = at("tools");
  tools.replaceChildren();
  for (const name of ["fit", "undo", "redo", "labels", "all"]) {
    button(tools, texts[name], () => { actions[name](); }).dataset.action = name;
  }
  const shown = document.createElement("span");
  shown.id = "shown";
  tools.append(shown);
}

function drawLegend() {
  const counts = {};
  const total = {};
  for (const item of [...model.nodes.values(), ...model.edges.values()]) {
    total[item.kind] = (total[item.kind] || 0) + 1;
  }
  for (const item of [...model.shownNodes(), ...model.shownEdges()]) {
    counts[item.kind] = (counts[item.kind] || 0) + 1;
  }
  const legend = at("legend");
  legend.replaceChildren();
  for (const entry of drawLegend.entries || []) {
    if (!total[entry.kind]) continue;
    const made = button(legend, "", () => act(() => {
      if (!model.kindsOff.delete(entry.kind)) model.kindsOff.add(entry.kind);
    }));
    made.className = model.kindsOff.has(entry.kind) ? "off" : "";
    const swatch = document.createElement("span");
    swatch.className = `swatch ${entry.form}`;
    swatch.style[entry.line ? "borderTopColor" : "backgroundColor"] = entry.colour;
    made.append(swatch, `${entry.title} ${counts[entry.kind] || 0}/${total[entry.kind]}`);
  }
}

function showMenu(id, x, y) {
  const menu = at("menu");
  const node = model.nodes.get(id);
  menu.replaceChildren();
  const more = Object.values(node.more || {}).reduce((sum, count) => sum + count, 0);
  const item = (words, run, enabled) =>
    button(menu, words, () => { menu.hidden = true; run(id); }, enabled);
  item(more ? `${texts.expand} (${more})` : texts.expandNone, actions.expand, more > 0);
  item(texts.hide, actions.hide);
  item(texts.only, actions.only);
  item(texts.open, actions.open, node.party);
  item(texts.exposure, actions.exposure, node.party);
  item(texts.copy, actions.copy);
  menu.style.left = `${Math.min(x, window.innerWidth - 170)}px`;
  menu.style.top = `${Math.min(y, window.innerHeight - 190)}px`;
  menu.hidden = false;
}

function showCard(lines, x, y) {
  const card = at("card");
  card.textContent = lines.filter(Boolean).join("\n");
  card.style.left = `${Math.min(x + 12, window.innerWidth - 330)}px`;
  card.style.top = `${y + 12}px`;
  card.hidden = false;
}

function dim(near) {
  nodeSet.update(nodeSet.getIds().map((id) => ({ id, opacity: !near || near.has(id) ? 1 : 0.25 })));
}

function start(height) {
  nodeSet = new vis.DataSet();
  edgeSet = new vis.DataSet();
  at("canvas").style.height = `${height}px`;
  network = new vis.Network(at("canvas"), { nodes: nodeSet, edges: edgeSet }, {
    physics: false,
    interaction: { hover: true, multiselect: true, hideEdgesOnDrag: true },
    edges: { smooth: false, font: { size: 11, color: "#57606a", strokeWidth: 4 } },
  });
  network.on("doubleClick", (event) => { if (event.nodes.length) actions.expand(event.nodes[0]); });
  network.on("click", () => { at("menu").hidden = true; });
  network.on("select", (event) => {
    clearTimeout(timer);
    // A double click comes as two clicks first: the app hears of a choice when it is one.
    timer = setTimeout(() => say("select", { nodes: event.nodes, edges: event.edges.slice(0, 50) }), 300);
  });
  network.on("dragStart", (event) => { if (event.nodes.length) { remember(); model.keep(); } });
  network.on("dragEnd", (event) => { if (event.nodes.length) { remember(); say("view", {}); } });
  network.on("oncontext", (event) => {
    event.event.preventDefault();
    const id = network.getNodeAt(event.pointer.DOM);
    if (id !== undefined) showMenu(id, event.event.clientX, event.event.clientY);
  });
  network.on("hoverNode", (event) => {
    const node = model.nodes.get(event.node);
    dim(model.neighbours(event.node));
    showCard(node.card, event.event.clientX, event.event.clientY);
  });
  network.on("hoverEdge", (event) => {
    showCard(model.edges.get(event.edge).card, event.event.clientX, event.event.clientY);
  });
  network.on("blurNode", () => { dim(null); at("card").hidden = true; });
  network.on("blurEdge", () => { at("card").hidden = true; });
  at("canvas").addEventListener("keydown", key);
}

function key(event) {
  const one = network.getSelectedNodes()[0];
  const named = { f: "fit", l: "labels" }[event.key];
  if (event.ctrlKey && event.key === "z") actions.undo();
  else if (event.ctrlKey && event.key === "y") actions.redo();
  else if (event.ctrlKey) return;
  else if (named) actions[named]();
  else if (event.key === "e" && one) actions.expand(one);
  else if (event.key === "h" && one) actions.hide(one);
  else if (event.key === "Escape") at("menu").hidden = true;
  else if (event.shiftKey && event.key === "F10" && one) showMenu(one, 40, 80);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

Host.hear((args) => {
  texts = args.texts;
  document.documentElement.lang = args.lang;
  drawLegend.entries = args.legend;
  const first = !network;
  if (first) start(args.height);
  if (args.revision !== lastRevision) {
    remember();
    const added = first ? [] : args.nodes.filter((node) => !model.nodes.has(node.id));
    if (added.length && asked) {
      // Undoing an expansion hides what it brought.
      model.keep();
      added.forEach((node) => model.past[model.past.length - 1].hidden.push(node.id));
    }
    if (first) args.nodes.forEach((node) => { model.places[node.id] = { x: node.x, y: node.y }; });
    else if (asked) model.placeAround(asked, added);
    else added.forEach((node) => { model.places[node.id] = { x: node.x, y: node.y }; });
    model.take(args.nodes, args.edges);
    asked = null;
    lastRevision = args.revision;
  }
  drawTools();
  sync();
  if (first) network.fit({ animation: false });
  Host.height(args.height + at("tools").offsetHeight + at("legend").offsetHeight + 8);
});

// What a test in a browser may look at.
window.xinmaiCanvas = {
  places: () => network.getPositions(),
  point: (id) => network.canvasToDOM(network.getPosition(id)),
  shown: () => nodeSet.getIds(),
  act: (name, id) => actions[name](id),
};
document.addEventListener("DOMContentLoaded", () => Host.ready());
