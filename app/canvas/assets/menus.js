// The menus of node, link, fold and ground: what cannot apply is grey and says why.
import { isGroup } from "./groups.js";
import { at, button, float, focused, make, t } from "./words.js";

// As many nodes as may be asked for what they have in common.
const MOST_COMMON = 10;
let opener = null;

export function resetMenus() { opener = null; }

export function closeMenu() {
  const menu = at("menu");
  if (menu.hidden) return false;
  menu.hidden = true;
  if (opener) opener.focus({ preventScroll: true });
  return true;
}

function rows(app, parent, items) {
  for (const item of items) {
    if (!item) { make("hr", "", undefined, parent); continue; }
    if (item.head) { make("div", "head", item.head, parent); continue; }
    const run = () => {
      if (item.under) { under.hidden = !under.hidden; made.setAttribute("aria-expanded", String(!under.hidden)); place(); return; }
      closeMenu();
      item.run();
    };
    const made = button(parent, item.words, run, { why: item.why, name: item.name });
    made.setAttribute("role", "menuitem");
    if (item.why) make("span", "why", item.why, made);
    if (!item.under) continue;
    made.classList.add("more");
    made.setAttribute("aria-expanded", "false");
    const under = make("div", "under", undefined, parent);
    under.hidden = true;
    rows(app, under, item.under);
  }
}

let where = { x: 0, y: 0 };

function place() { float(at("menu"), where.x, where.y); }

export function openMenu(app, items, x, y) {
  const menu = at("menu");
  opener = focused() || at("canvas");
  menu.replaceChildren();
  rows(app, menu, items);
  where = { x, y };
  menu.hidden = false;
  at("card").hidden = true;
  place();
  const first = menu.querySelector("button:enabled");
  if (first) first.focus({ preventScroll: true });
}

// Arrow keys walk the menu, Escape leaves it.
export function menuKey(event) {
  const menu = at("menu");
  if (menu.hidden) return false;
  const all = [...menu.querySelectorAll("button:enabled")].filter((one) => one.offsetParent);
  const now = all.indexOf(focused());
  if (event.key === "ArrowDown") all[(now + 1) % all.length].focus({ preventScroll: true });
  else if (event.key === "ArrowUp") all[(now - 1 + all.length) % all.length].focus({ preventScroll: true });
  else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    if (focused().classList.contains("more")) focused().click();
  } else if (event.key === "Escape" || event.key === "Tab") closeMenu();
  else return event.key === "Enter" || event.key === " " ? "let" : false;
  return true;
}

function nodeItems(app, id) {
  const { model, acts, data } = app;
  const node = model.nodes.get(id);
  const party = data.styles[node.style].party;
  const more = model.more(id);
  const away = model.links(id).map((edge) => (edge.from === id ? edge.to : edge.from)).filter((other) => model.hidden.has(other));
  const gone = node.gone ? t("why_gone") : "";
  const notParty = gone || (party ? "" : t("why_party"));
  const none = gone || (more ? "" : t("why_none_left"));
  const full = model.nodes.size >= data.limits.most ? t("why_full", { most: data.limits.most }) : "";
  const chosen = app.chosen.nodes.length;
  const kinds = Object.entries(node.more || {}).map(([type, count]) => ({
    words: `${data.types[type].title}（${count}）`, why: full, name: `expand-${type}`,
    run: () => acts.expand(id, { types: [type] }),
  }));
  return [
    { head: node.name },
    away.length ? { words: t("bring_back", { count: away.length }), run: () => acts.bringBack(away), name: "bringBack" } : null,
    { words: more ? t("expand_all", { count: more }) : t("expand"), why: none || full, run: () => acts.expand(id), name: "expand" },
    { words: t("expand_by"), why: none || full, under: kinds, name: "expandBy" },
    { words: t("expand_common", { count: chosen }), why: chosen < 2 || chosen > MOST_COMMON ? t("why_two") : full, run: () => acts.ask("common", app.chosen.nodes), name: "expandCommon" },
    { words: t("expand_record"), why: none || full, run: () => acts.expand(id, { with_record: true }), name: "expandRecord" },
    null,
    { words: t("set_start"), why: notParty, run: () => acts.setEnd(0, id), name: "start" },
    { words: t("set_end"), why: notParty, run: () => acts.setEnd(1, id), name: "end" },
    { words: model.pinned.has(id) ? t("unpin") : t("pin"), run: () => acts.pin(id), name: "pin" },
    { words: t("hide"), run: () => acts.hide(app.chosen.nodes.includes(id) ? app.chosen.nodes : [id]), name: "hide" },
    { words: chosen > 1 ? t("only_count", { count: chosen }) : t("only"), run: () => acts.only(chosen ? app.chosen.nodes : [id]), name: "only" },
    { words: t("align"), why: chosen > 1 ? "" : t("why_more"), name: "align", under: [
      { words: t("align_row"), run: () => acts.align("x"), name: "alignRow" },
      { words: t("align_column"), run: () => acts.align("y"), name: "alignColumn" },
    ] },
    { words: t("fold"), why: model.leaves(id).length ? "" : t("why_no_leaves"), run: () => acts.fold(id), name: "fold" },
    null,
    { words: t("open"), why: notParty, run: () => acts.ask("open", [id]), name: "open" },
    { words: t("exposure"), why: notParty, run: () => acts.ask("exposure", [id]), name: "exposure" },
    { words: t("ownership"), why: notParty || (data.can.ownership ? "" : t("why_no_page")), run: () => acts.ask("ownership", [id]), name: "ownership" },
    { words: t("report"), why: gone, run: () => acts.ask("report", app.chosen.nodes.includes(id) ? app.chosen.nodes : [id]), name: "report" },
    { words: t("note"), why: gone, run: () => acts.note([id], []), name: "note" },
    { words: t("copy_name"), run: () => acts.copy(node.name), name: "copyName" },
    { words: t("copy_code"), why: node.code ? "" : t("why_no_code"), run: () => acts.copy(node.code), name: "copyCode" },
    { words: t("statement"), why: gone, run: () => acts.ask("statement", [id]), name: "statement" },
  ].filter((item, place) => item || place > 1);
}

function edgeItems(app, id) {
  const { model, acts, data } = app;
  const edge = model.edges.get(id);
  const title = data.types[edge.type].title;
  const gone = edge.gone ? t("why_gone") : "";
  const lead = gone || (edge.kind === "lead" ? t("why_lead") : "");
  return [
    { head: `${model.nodes.get(edge.from).name} → ${model.nodes.get(edge.to).name}` },
    { words: t("evidence"), run: () => acts.evidence(id), name: "evidence" },
    { words: t("hide_link"), run: () => acts.hide([id]), name: "hideLink" },
    { words: t("hide_type", { title }), run: () => acts.off(`link:${edge.type}`), name: "hideType" },
    { words: t("whatif"), why: lead, run: () => acts.ask("whatif", [], [id]), name: "whatif" },
    { words: t("report"), why: gone, run: () => acts.ask("report", [], [id]), name: "report" },
    { words: t("note"), why: gone, run: () => acts.note([], [id]), name: "note" },
    { words: t("statement"), why: gone, run: () => acts.ask("statement", [], [id]), name: "statement" },
  ];
}

// What a group is called: its type, or the value that its members share.
export function groupTitle(app, group) {
  const type = group.style ? app.data.styles[group.style].title : t("group_mixed");
  if (group.by === "leaf") return `${type} ×${group.members.length}`;
  return `${t(`by_${group.by}`)}：${app.board.groupName(group)}（${type}）`;
}

export function groupingItems(app) {
  const { model, acts } = app;
  const none = (by) => (model.couldGroup(by).length ? "" : t("why_no_group"));
  return [
    { words: t("group_region"), why: none("region"), run: () => acts.groupBy("region"), name: "groupRegion" },
    { words: t("group_industry"), why: none("industry"), run: () => acts.groupBy("industry"), name: "groupIndustry" },
    { words: t("group_family"), run: () => acts.families(), name: "groupFamily" },
    null,
    { words: t("fold_all"), run: () => acts.foldAll(), name: "foldAll" },
    { words: t("unfold_all"), why: model.groups.size ? "" : t("why_no_folds"), run: () => acts.unfoldAll(), name: "unfoldAll" },
  ];
}

function groupItems(app, id) {
  const { model, acts } = app;
  const group = model.visible().groups.find((one) => one.id === id);
  return [
    { head: groupTitle(app, group) },
    { words: t("group_open"), run: () => acts.unfold(id), name: "unfold" },
    { words: t("group_list"), run: () => acts.members(id), name: "members" },
    { words: t("hide"), run: () => acts.hide(group.members), name: "hide" },
  ];
}

export function layoutItems(app) {
  return app.data.engines.map((engine) => ({
    words: t(`layout_${engine}`) + (engine === app.data.engine ? " ✓" : ""), name: `layout-${engine}`,
    run: () => app.acts.ask("layout", [], [], { engine }),
  }));
}

export function exportItems(app) {
  return [
    { words: t("export_window"), run: () => app.acts.png(), name: "export-window" },
    ...app.data.forms.map((form) => ({
      words: t(`export_${form}`), run: () => app.acts.ask("export", [], [], { form }), name: `export-${form}`,
    })),
  ];
}

function groundItems(app) {
  const { model, acts } = app;
  const hidden = acts.hiddenCount();
  return [
    { words: t("all"), why: hidden ? "" : t("why_nothing_hidden"), run: () => acts.all(), name: "all" },
    { words: t("hidden_list", { count: hidden }), why: hidden ? "" : t("why_nothing_hidden"), run: () => acts.hiddenList(), name: "hiddenList" },
    { words: t("fit"), run: () => acts.fit(), name: "fit" },
    { words: t("layout"), under: layoutItems(app), name: "layout" },
    { words: t("grouping"), under: groupingItems(app), name: "grouping" },
    { words: t("export"), under: exportItems(app), name: "export" },
    { words: t("statement"), run: () => acts.ask("statement"), name: "statement" },
  ];
}

export function menuOf(app, kind, id) {
  if (kind === "node") return isGroup(id) ? groupItems(app, id) : nodeItems(app, id);
  return kind === "edge" ? edgeItems(app, id) : groundItems(app);
}
