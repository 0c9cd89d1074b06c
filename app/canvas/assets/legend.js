// The legend is a filter: a click puts a kind away or back, a double click selects all of it.
import { MARKS, levelOf } from "./model.js";
import { GUARANTEE } from "./rings.js";
import { at, button, focused, make, t } from "./words.js";

// Longer than a double click takes on most desktops, shorter than patience.
const DOUBLE_MS = 260;

function counted(app) {
  const count = (items, key) => items.reduce((sum, item) => {
    const name = key(item);
    sum[name] = (sum[name] || 0) + 1;
    return sum;
  }, {});
  const seen = app.model.visible();
  const keys = {
    node: (node) => node.style, level: levelOf,
    link: (edge) => edge.type, kind: (edge) => edge.kind || "recorded", mark: (one) => MARKS[one.mark],
  };
  const all = { nodes: [...app.model.nodes.values()], edges: [...app.model.edges.values()] };
  const among = (kind, { nodes, edges }) => ({ node: nodes, level: nodes, link: edges, kind: edges, mark: [...nodes, ...edges] })[kind];
  return Object.fromEntries(Object.entries(keys).map(([kind, key]) => [
    kind, { total: count(among(kind, all), key), shown: count(among(kind, seen), key) },
  ]));
}

function swatch(parent, kind, name, data) {
  if (kind === "node") {
    const made = make("span", `swatch ${data.styles[name].shape}`, data.styles[name].shape === "dashed" ? "?" : undefined, parent);
    if (data.styles[name].shape !== "dashed") made.style.backgroundColor = data.styles[name].fill;
  } else if (kind === "level") {
    const made = make("span", "swatch ring", undefined, parent);
    const level = data.levels[name];
    made.style.border = `${level ? level.width : 1}px solid ${level ? level.ring : "#C9CFD6"}`;
  } else if (kind === "mark") {
    make("b", "mark sign", Object.keys(MARKS).find((sign) => MARKS[sign] === name), parent);
  } else {
    const made = make("span", `swatch line ${kind === "kind" ? name : ""}`, undefined, parent);
    made.style.borderTopColor = kind === "link" ? data.types[name].colour : "#1F2328";
  }
}

function entry(app, parent, kind, name, title) {
  const key = `${kind}:${name}`;
  let timer = 0;
  const made = button(parent, "", (event) => {
    clearTimeout(timer);
    if (event.detail === 2) { app.acts.selectKind(kind, name); return; }
    timer = setTimeout(() => app.acts.off(key), event.detail ? DOUBLE_MS : 0);
  }, { name: key });
  made.title = t("legend_hint");
  swatch(made, kind, name, app.data);
  make("span", "", title, made);
  make("span", "count", "", made);
}

function refresh(app, made, counts) {
  const [kind, name] = made.dataset.action.split(":");
  const off = app.model.off.has(made.dataset.action);
  made.className = off ? "off" : "";
  made.setAttribute("aria-pressed", String(!off));
  made.querySelector(".count").textContent = `${counts[kind].shown[name] || 0}/${counts[kind].total[name]}`;
}

function rowsOf({ data }, counts) {
  const styles = Object.keys(data.styles).sort((one, two) => data.styles[one].order - data.styles[two].order);
  const rows = [
    ["legend_nodes", "node", styles, (name) => data.styles[name].title],
    ["legend_links", "link", Object.keys(data.types), (name) => data.types[name].title],
    ["legend_kinds", "kind", ["recorded", "computed", "lead"], (name) => data.kinds[name]],
    ["legend_levels", "level", ["high", "medium", "low", "none", "wait"], (name) => (data.levels[name] ? data.levels[name].title : t(`level_${name}`))],
    ["legend_marks", "mark", Object.values(MARKS), (name) => t(`mark_${name}`)],
  ];
  return rows.map(([word, kind, names, title]) => [word, kind, names.filter((name) => counts[kind].total[name]), title]);
}

export function drawLegend(app) {
  const legend = at("legend");
  const counts = counted(app);
  const rows = rowsOf(app, counts);
  const rings = app.board.ringed.length;
  // Built anew only where it lists other things: a press while levels come in would be lost.
  const mark = JSON.stringify([app.data.lang, rings, rows]);
  if (legend.dataset.mark !== mark) build(app, legend, rows, rings);
  legend.dataset.mark = mark;
  legend.querySelectorAll("button").forEach((one) => refresh(app, one, counts));
}

function build(app, legend, rows, rings) {
  const { data } = app;
  // Without losing the place of whoever walks it by keyboard.
  const held = focused() && legend.contains(focused()) ? focused().dataset.action : null;
  legend.replaceChildren();
  for (const [word, kind, names, title] of rows) {
    if (!names.length) continue;
    const line = make("div", "line", undefined, legend);
    make("span", "what", t(word), line);
    for (const name of names) entry(app, line, kind, name, title(name));
  }
  if (rings) {
    const grounds = make("div", "line hint", undefined, legend);
    make("span", "what", t("legend_grounds"), grounds);
    const one = make("span", "badge", undefined, grounds);
    make("span", "swatch ground", undefined, one).style.color = data.types[GUARANTEE].colour;
    make("span", "", `${t("ring")} ${rings}`, one);
  }
  const badges = make("div", "line hint", undefined, legend);
  make("span", "what", t("legend_badges"), badges);
  for (const name of ["active", "repaired", "disputed", "honours", "doubles", "pinned"]) {
    const one = make("span", "badge", undefined, badges);
    make("b", `mark ${name}`, data.letters[name], one);
    make("span", "", t(`badge_${name}`), one);
  }
  make("span", "badge", t("legend_more"), badges);
  make("span", "badge notice", t("legend_notice"), badges);
  if (held) { const one = legend.querySelector(`[data-action="${CSS.escape(held)}"]`); if (one) one.focus({ preventScroll: true }); }
}
