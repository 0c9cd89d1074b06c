// Path mode: all found paths through a node are lit, the rest fades; J and K step through them.
import { announce, at, button, make, t } from "./words.js";

let on = false;
let through = null;
let step = -1;

export const pathMode = () => on;

export function resetPaths() { on = false; through = null; step = -1; }

function through_(app) {
  return app.data.paths.map((path, place) => ({ ...path, place })).filter((path) => !through || path.nodes.includes(through));
}

function light(app) {
  if (!on) { app.board.shine("path", null); return; }
  const found = through_(app);
  const lit = step >= 0 && found[step] ? [found[step]] : found;
  if (!lit.length) { app.board.shine("path", null); return; }
  app.board.shine("path", {
    nodes: new Set(lit.flatMap((path) => path.nodes)), edges: new Set(lit.flatMap((path) => path.edges)),
  });
}

export function drawPaths(app) {
  const box = at("paths");
  box.hidden = !on;
  light(app);
  if (!on) return;
  box.replaceChildren();
  const name = (id) => (id && app.model.nodes.has(id) ? app.model.nodes.get(id).name : "—");
  make("div", "title", t("path_title"), box);
  const [first, second] = app.ends;
  make("div", "ends", t("path_ends", { first: name(first), second: name(second) }), box);
  const found = through_(app);
  if (!app.data.paths.length) make("p", "hint", t("path_how"), box);
  else make("p", "hint", through ? t("path_through", { name: name(through), count: found.length }) : t("path_count", { count: found.length }), box);
  const list = make("ol", "", undefined, box);
  found.forEach((path, place) => {
    const item = make("li", place === step ? "now" : "", undefined, list);
    button(item, path.words, () => { step = place === step ? -1 : place; drawPaths(app); });
    make("span", "hint", t("path_strength", { strength: path.strength }), item);
  });
  if (step >= 0 && list.children[step]) list.children[step].scrollIntoView({ block: "nearest" });
}

export function togglePaths(app, to = !on) {
  on = to;
  through = null;
  step = -1;
  drawPaths(app);
  announce(t(on ? "path_on" : "path_off"));
}

export function pathThrough(app, id) {
  through = through === id ? null : id;
  step = -1;
  drawPaths(app);
}

export function stepPath(app, by) {
  const count = through_(app).length;
  if (!on || !count) return false;
  step = (Math.max(step, by < 0 ? 0 : -1) + by + count) % count;
  drawPaths(app);
  announce(through_(app)[step].words);
  return true;
}
