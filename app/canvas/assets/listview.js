// The list view: the same elements as rows, with the same menus, for whoever does not point.
import { groupTitle, menuOf, openMenu } from "./menus.js";
import { MARKS } from "./model.js";
import { at, button, focused, make, t } from "./words.js";

let on = false;
let sorted = { nodes: ["name", 1], edges: ["type", 1] };
// What the element lists, by the mark of it.
let drawn = { list: null, mark: "" };

export const listed = () => on;

export function resetList() {
  on = false;
  sorted = { nodes: ["name", 1], edges: ["type", 1] };
  drawn = { list: null, mark: "" };
}

export function toggleList(app) {
  on = !on;
  at("list").hidden = !on;
  at("canvas").hidden = on;
  if (on) at("map").hidden = true;
  if (on) drawList(app);
  else app.redraw();
  const first = on ? at("list").querySelector("tbody tr") : at("canvas");
  if (first) first.focus({ preventScroll: true });
}

function period(edge) {
  return edge.since || edge.until ? `${edge.since || "?"} — ${edge.until || t("until_today")}` : "—";
}

export function said(app, edge) {
  if (!edge.said) return "—";
  const [place, row, count] = edge.said;
  return t(count > 1 ? "said_more" : "said", { file: app.data.files[place], row, count });
}

function columns(app) {
  const { data, model } = app;
  const compared = data.nodes.some((one) => one.mark) || data.edges.some((one) => one.mark)
    ? [["mark", (one) => (one.mark ? `${one.mark} ${t(`mark_${MARKS[one.mark]}`)}` : "")]] : [];
  const badges = (node) => Object.entries(node.badges || {}).map(([name, count]) => `${data.letters[name]}${count}`).join(" ");
  return {
    nodes: [
      ["name", (node) => node.name], ["type", (node) => data.styles[node.style].title],
      ["level", (node) => (node.wait ? t("level_wait") : node.level ? `${data.levels[node.level].title} ${node.exposure || ""}` : "")],
      ["badges", badges], ["code", (node) => node.code || ""], ["region", (node) => node.region || ""],
      ["more", (node) => (model.more(node.id) ? `+${model.more(node.id)}` : "")], ...compared,
    ],
    edges: [
      ["from", (edge) => model.nodes.get(edge.from).name],
      ["type", (edge) => data.types[edge.type].title + (edge.post ? ` ${edge.post}` : "")],
      ["to", (edge) => model.nodes.get(edge.to).name], ["figure", (edge) => edge.label || ""],
      ["period", period], ["nature", (edge) => data.kinds[edge.kind || "recorded"]], ["source", (edge) => said(app, edge)], ...compared,
    ],
  };
}

function tablesOf(app, seen) {
  const heads = columns(app);
  return ["nodes", "edges"].map((kind) => {
    const [by, way] = sorted[kind];
    const read = heads[kind].find(([name]) => name === by)[1];
    const items = [...seen[kind]].sort((one, two) => way * read(one).localeCompare(read(two), app.data.lang, { numeric: true }));
    return { kind, heads: heads[kind], items };
  });
}

function table(app, { kind, heads, items }) {
  const list = at("list");
  make("h3", "", t(`list_${kind}`, { count: items.length }), list);
  const made = make("table", "", undefined, list);
  const top = make("tr", "", undefined, make("thead", "", undefined, made));
  const [by, way] = sorted[kind];
  for (const [name] of heads) {
    const head = make("th", "", undefined, top);
    head.setAttribute("aria-sort", name === by ? (way > 0 ? "ascending" : "descending") : "none");
    button(head, t(`head_${name}`) + (name === by ? (way > 0 ? " ↑" : " ↓") : ""), () => {
      sorted[kind] = [name, name === by ? -way : 1];
      drawList(app);
    });
  }
  make("th", "", "", top);
  const body = make("tbody", "", undefined, made);
  for (const item of items) {
    const row = make("tr", "", undefined, body);
    row.tabIndex = 0;
    row.dataset.id = item.id;
    row.dataset.kind = kind === "nodes" ? "node" : "edge";
    heads.forEach(() => make("td", "", "", row));
    const open = (x, y) => app.acts.menu(row.dataset.kind, item.id, x, y);
    button(make("td", "", undefined, row), "⋯", (event) => {
      event.stopPropagation();
      const box = event.currentTarget.getBoundingClientRect();
      open(box.left, box.bottom);
    }, { name: "rowMenu" }).setAttribute("aria-label", t("key_menu"));
    row.addEventListener("click", (event) => pick(app, kind, item.id, event.ctrlKey || event.metaKey));
    row.addEventListener("dblclick", () => { if (kind === "nodes") app.acts.expand(item.id); });
    row.addEventListener("contextmenu", (event) => { event.preventDefault(); open(event.clientX, event.clientY); });
  }
}

// What stands as one on the canvas: opened and listed by its menu, as there.
function groups(app, items) {
  const list = at("list");
  make("h3", "", t("list_groups", { count: items.length }), list);
  const body = make("tbody", "", undefined, make("table", "groups", undefined, list));
  for (const group of items) {
    const row = make("tr", "", undefined, body);
    make("td", "", groupTitle(app, group), row);
    button(make("td", "", undefined, row), "⋯", (event) => {
      const box = event.currentTarget.getBoundingClientRect();
      openMenu(app, menuOf(app, "node", group.id), box.left, box.bottom);
    }, { name: "groupMenu" }).setAttribute("aria-label", t("key_menu"));
  }
}

function pick(app, kind, id, more) {
  const held = more ? app.chosen[kind] : [];
  const next = held.includes(id) ? held.filter((one) => one !== id) : [...held, id];
  app.acts.choose(kind === "nodes" ? next : [], kind === "edges" ? next : []);
  at("list").querySelectorAll("tbody tr").forEach((row) => shade(app, row));
}

function shade(app, row) {
  row.classList.toggle("chosen", app.chosen.nodes.includes(row.dataset.id) || app.chosen.edges.includes(row.dataset.id));
}

function fill(app, { kind, heads, items }) {
  const rows = at("list").querySelectorAll(`tr[data-kind=${kind === "nodes" ? "node" : "edge"}]`);
  rows.forEach((row, place) => {
    heads.forEach(([, words], column) => {
      const said = words(items[place]);
      if (row.children[column].textContent !== said) row.children[column].textContent = said;
    });
    shade(app, row);
  });
}

export function drawList(app) {
  if (!on) return;
  const list = at("list");
  const seen = app.model.visible();
  const tables = tablesOf(app, seen);
  // Built anew only where it lists other things, or in another order: a press while levels come in would be lost.
  const mark = JSON.stringify([
    app.data.lang, sorted, seen.groups.map((group) => [group.id, groupTitle(app, group)]),
    tables.map(({ heads, items }) => [heads.map(([name]) => name), items.map((item) => item.id)]),
  ]);
  if (drawn.list !== list || drawn.mark !== mark) build(app, list, seen.groups, tables);
  drawn = { list, mark };
  tables.forEach((one) => fill(app, one));
}

function build(app, list, members, tables) {
  const held = focused() && list.contains(focused()) ? focused().closest("tr") : null;
  const id = held && held.dataset.id;
  const top = list.scrollTop;
  list.replaceChildren();
  if (members.length) groups(app, members);
  tables.forEach((one) => table(app, one));
  list.scrollTop = top;
  const again = id && list.querySelector(`tr[data-id="${CSS.escape(id)}"]`);
  if (again) again.focus({ preventScroll: true });
}

// Rows are walked by arrows; Enter selects, Shift+F10 opens the menu, letters do as on the canvas.
export function listKey(app, event) {
  const row = event.target.closest && event.target.closest("tr[data-id]");
  if (!on || !row) return false;
  const kind = row.dataset.kind === "node" ? "nodes" : "edges";
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  if (step) { if (row[step]) row[step].focus(); return true; }
  if (event.key === "Enter" || event.key === " ") {
    if (event.target.tagName === "BUTTON") return "let";
    pick(app, kind, row.dataset.id, event.ctrlKey);
    return true;
  }
  if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) {
    const box = row.getBoundingClientRect();
    app.acts.menu(row.dataset.kind, row.dataset.id, box.left + 40, box.bottom);
    return true;
  }
  if (kind === "nodes" && !app.chosen.nodes.includes(row.dataset.id)) app.acts.choose([row.dataset.id], []);
  return false;
}
