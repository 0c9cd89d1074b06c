// The toolbar: buttons, search, and how much of what is there is shown.
import { exportItems, groupingItems, layoutItems, openMenu } from "./menus.js";
import { listed } from "./listview.js";
import { pathMode } from "./paths.js";
import { selecting } from "./select.js";
import { openFilters } from "./filters.js";
import { at, button, make, t } from "./words.js";

const MOST_HITS = 12;
let found = [];

export function resetTools() { found = []; }

function below(app, event, items) {
  const box = event.currentTarget.getBoundingClientRect();
  openMenu(app, items, box.left, box.bottom + 2);
}

export function drawTools(app) {
  const tools = at("tools");
  const { acts } = app;
  if (!tools.childElementCount) {
    const group = (...made) => { const box = make("div", "group", undefined, tools); made.forEach((one) => one(box)); };
    const tool = (name, run, word = name) => (box) => button(box, t(word), run, { name });
    group(
      tool("fit", () => acts.fit()),
      tool("groupings", (event) => below(app, event, groupingItems(app)), "grouping_menu"),
      tool("layouts", (event) => below(app, event, layoutItems(app)), "layout_menu"),
    );
    group(tool("box", () => acts.select("box")), tool("lasso", () => acts.select("lasso")), tool("path", () => acts.path()));
    group(tool("undo", () => acts.undo()), tool("redo", () => acts.redo()), tool("all", () => acts.all()));
    group(tool("filter", () => openFilters(app)), tool("labels", () => acts.labels()), tool("table", () => acts.table()));
    group(
      tool("exports", (event) => below(app, event, exportItems(app)), "export_menu"),
      tool("sheet", () => acts.sheet(), "sheet"),
    );
    const box = make("div", "search", undefined, tools);
    const input = make("input", "", undefined, box);
    Object.assign(input, { type: "search", id: "find", placeholder: t("find"), autocomplete: "off" });
    input.setAttribute("aria-label", t("find"));
    const hits = make("div", "", undefined, box);
    hits.id = "hits";
    hits.hidden = true;
    input.addEventListener("input", () => search(app, input.value));
    input.addEventListener("keydown", (event) => searchKey(app, event));
    input.addEventListener("blur", () => setTimeout(() => { hits.hidden = true; }, 200));
    make("span", "", "", tools).id = "shown";
  }
  const state = {
    undo: !app.model.past.length, redo: !app.model.future.length, all: !acts.hiddenCount() && !app.model.off.size && !Object.keys(app.model.filters).length,
    box: listed(), lasso: listed(),
  };
  const pressed = { box: selecting() === "box", lasso: selecting() === "lasso", path: pathMode(), table: listed() };
  tools.querySelectorAll("button[data-action]").forEach((one) => {
    const name = one.dataset.action;
    if (name in state) one.disabled = state[name];
    if (name in pressed) one.setAttribute("aria-pressed", String(pressed[name]));
  });
  const seen = app.model.visible();
  at("shown").textContent = `${t("shown")} ${seen.nodes.length}/${app.model.nodes.size}`;
  at("shown").title = t("shown_hint", { edges: seen.edges.length, total: app.model.edges.size });
}


function search(app, text) {
  const hits = at("hits");
  const wanted = text.trim().toLowerCase();
  hits.replaceChildren();
  found = wanted ? app.model.visible().nodes.filter((node) => node.name.toLowerCase().includes(wanted)
    || (node.code || "").toLowerCase().includes(wanted)) : [];
  found.slice(0, MOST_HITS).forEach((node) => {
    const one = button(hits, node.name, () => go(app, node.id));
    make("small", "", app.data.styles[node.style].title, one);
  });
  if (wanted) make("div", "hint", t("find_count", { count: found.length }), hits);
  hits.hidden = !wanted;
}

function go(app, id) {
  at("hits").hidden = true;
  app.acts.choose([id], []);
  if (!listed()) { app.board.centre(app.model.visible().folded.get(id) || id); at("canvas").focus({ preventScroll: true }); }
}

function searchKey(app, event) {
  event.stopPropagation();
  if (event.key === "Enter" && found.length) go(app, found[0].id);
  else if (event.key === "Escape") { event.target.value = ""; search(app, ""); at("canvas").focus({ preventScroll: true }); }
  else if (event.key === "ArrowDown" && !at("hits").hidden) at("hits").querySelector("button")?.focus({ preventScroll: true });
}
