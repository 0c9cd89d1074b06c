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

function entry(app, parent, kind, name, title, counts) {
  const key = `${kind}:${name}`;
  let timer = 0;
  const made = button(parent, "", (event) => {
    clearTimeout(timer);
    if (event.detail === 2) { app.acts.selectKind(kind, name); return; }
    timer = setTimeout(() => app.acts.off(key), event.detail ? DOUBLE_MS : 0);
  }, { name: key });
  const off = app.model.off.has(key);
  made.className = off ? "off" : "";
  made.setAttribute("aria-pressed", String(!off));
  made.title = t("legend_hint");
  swatch(made, kind, name, app.data);
  make("span", "", title, made);
  make("span", "count", `${counts.shown[name] || 0}/${counts.total[name]}`, made);
}

export function drawLegend(app) {
  const legend = at("legend");
  const counts = counted(app);
  const { data } = app;
  // Rebuilt without losing the place of whoever walks it by keyboard.
  const held = focused() && legend.contains(focused()) ? focused().dataset.action : null;
  legend.replaceChildren();
  const row = (word, kind, names, title) => {
    const there = names.filter((name) => counts[kind].total[name]);
    if (!there.length) return;
    const line = make("div", "line", undefined, legend);
    make("span", "what", t(word), line);
    for (const name of there) entry(app, line, kind, name, title(name), counts[kind]);
  };
  const styles = Object.keys(data.styles).sort((one, two) => data.styles[one].order - data.styles[two].order);
  row("legend_nodes", "node", styles, (name) => data.styles[name].title);
  row("legend_links", "link", Object.keys(data.types), (name) => data.types[name].title);
  row("legend_kinds", "kind", ["recorded", "computed", "lead"], (name) => data.kinds[name]);
  row("legend_levels", "level", ["high", "medium", "low", "none", "wait"], (name) => (data.levels[name] ? data.levels[name].title : t(`level_${name}`)));
  row("legend_marks", "mark", Object.values(MARKS), (name) => t(`mark_${name}`));
  if (app.board.ringed.length) {
    const grounds = make("div", "line hint", undefined, legend);
    make("span", "what", t("legend_grounds"), grounds);
    const one = make("span", "badge", undefined, grounds);
    make("span", "swatch ground", undefined, one).style.color = data.types[GUARANTEE].colour;
    make("span", "", `${t("ring")} ${app.board.ringed.length}`, one);
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
