// All that can be done, by whichever way it is asked for: button, key, menu, list or gesture.
import { chooser, keySheet, listDialog, noteDialog } from "./dialogs.js";
import { isGroup } from "./groups.js";
import { MARKS, levelOf } from "./model.js";
import { menuOf, openMenu } from "./menus.js";
import { listed, toggleList } from "./listview.js";
import { startSelecting } from "./select.js";
import { pathMode, togglePaths } from "./paths.js";
import { savePng } from "./png.js";
import { announce, at, t } from "./words.js";

// Where more than this are not shown a person chooses first (screens.md 3.2).
const CHOOSE_ABOVE = 30;

export function makeActs(app) {
  const { model, board } = app;

  // One step that undo takes back.
  function step(change) {
    board.remember();
    model.keep();
    change();
    model.changed();
    app.redraw();
    app.tell();
  }

  function back(way) {
    board.remember();
    const done = model[way]();
    if (done) { app.redraw(); app.tell(); }
    announce(t(done ? way : `no_${way}`));
  }

  const acts = {
    ask(name, nodes = [], edges = [], args = {}) { app.ask({ name, nodes, edges, args }); },

    expand(id, args) {
      if (isGroup(id)) { acts.unfold(id); return; }
      const away = model.links(id).map((edge) => (edge.from === id ? edge.to : edge.from)).filter((other) => model.hidden.has(other));
      // What was put away before comes back first, without a query.
      if (!args && away.length) { acts.bringBack(away); return; }
      const more = model.more(id);
      if (!more) { announce(t("why_none_left")); app.say(t("why_none_left")); return; }
      const send = (wanted) => acts.ask("expand", [id], [], { limit: 50, ...wanted });
      const counted = args && args.types ? model.nodes.get(id).more[args.types[0]] : more;
      if (counted > CHOOSE_ABOVE && !(args && args.types)) chooser(app, id, send);
      else send(args);
    },
    bringBack(ids) { step(() => ids.forEach((id) => model.hidden.delete(id))); },
    hide(ids) {
      const all = ids.flatMap((id) => (isGroup(id) ? model.groups.get(id).members : [id]));
      step(() => all.forEach((id) => model.hidden.add(id)));
      acts.choose([], []);
      announce(t("hidden_count", { count: all.length }));
    },
    only(ids) {
      const kept = ids.length > 1 ? new Set(ids) : model.neighbours(ids[0]);
      step(() => model.visible().nodes.forEach((node) => { if (!kept.has(node.id)) model.hidden.add(node.id); }));
    },
    off(key) { step(() => { if (!model.off.delete(key)) model.off.add(key); }); },
    filter(filters) { step(() => { model.filters = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)); }); },
    all() { at("filters").hidden = true; step(() => { model.hidden.clear(); model.off.clear(); model.filters = {}; }); },
    pin(id) { step(() => { if (!model.pinned.delete(id)) model.pinned.add(id); }); },
    fold(id) {
      if (!model.leaves(id).length) { app.say(t("why_no_leaves")); return; }
      step(() => model.fold(id));
    },
    align(axis) {
      const ids = app.chosen.nodes.filter((id) => board.signs.has(id));
      step(() => model.align(ids, axis, (id) => board.signs.get(id)));
      announce(t("aligned_count", { count: ids.length }));
    },
    unfold(id) { step(() => model.unfold(id)); },
    foldAll() {
      const parents = model.visible().nodes.map((node) => node.id).filter((id) => model.leaves(id).length);
      if (!parents.length) { app.say(t("why_no_leaves")); return; }
      step(() => parents.forEach((id) => model.fold(id)));
    },
    groupBy(by) {
      const found = model.couldGroup(by);
      if (!found.length) { app.say(t("why_no_group")); announce(t("why_no_group")); return; }
      step(() => model.groupBy(by));
      announce(t("grouped_count", { count: found.length }));
    },
    families() { app.grouping = true; acts.ask("families"); },
    unfoldAll() { step(() => model.groups.clear()); },
    members(id) {
      const { members } = model.groups.get(id);
      const items = members.map((member) => ({ words: model.nodes.get(member).name, run: () => { acts.unfold(id); acts.choose([member], []); } }));
      listDialog(t("group_list"), items, t("select"));
    },
    hiddenCount: () => model.hidden.size,
    hiddenList() {
      const name = (id) => {
        if (model.nodes.has(id)) return model.nodes.get(id).name;
        const edge = model.edges.get(id);
        return `${model.nodes.get(edge.from).name} → ${model.nodes.get(edge.to).name}（${app.data.types[edge.type].title}）`;
      };
      listDialog(t("hidden_list", { count: model.hidden.size }), [...model.hidden].map((id) => ({ words: name(id), run: () => acts.bringBack([id]) })), t("show"));
    },
    undo() { back("undo"); },
    redo() { back("redo"); },
    fit() { board.fit(); },
    labels() { const words = board.cycleLabels(); announce(words); app.say(words); },
    table() { toggleList(app); app.tools(); },
    path() { togglePaths(app); app.tools(); },
    select(mode) { startSelecting(app, mode); },
    sheet() { keySheet(); },
    png() { savePng(app); },
    setEnd(place, id) {
      app.ends[place] = id;
      const [first, second] = app.ends;
      announce(t(place ? "end_set" : "start_set", { name: model.nodes.get(id).name }));
      if (!pathMode()) togglePaths(app, true);
      else app.paths();
      app.tools();
      if (first && second && first !== second) acts.ask("paths", [first, second]);
    },
    note(nodes, edges) {
      const title = nodes.length ? model.nodes.get(nodes[0]).name : t("this_link");
      noteDialog(title, app.data.limits.note, (text) => acts.ask("note", nodes, edges, { text }));
    },
    evidence(id) { acts.choose([], [id]); },
    copy(text) {
      navigator.clipboard.writeText(text).then(() => app.say(t("copied", { text })), () => app.say(t("not_copied")));
    },
    selectKind(kind, name) {
      const { nodes, edges } = model.visible();
      const of = { node: (node) => node.style, level: levelOf }[kind];
      const marked = (one) => MARKS[one.mark] === name;
      if (kind === "mark") acts.choose(nodes.filter(marked).map((node) => node.id), edges.filter(marked).map((edge) => edge.id));
      else if (of) acts.choose(nodes.filter((node) => of(node) === name).map((node) => node.id), []);
      else {
        const key = kind === "link" ? (edge) => edge.type : (edge) => edge.kind || "recorded";
        acts.choose([], edges.filter((edge) => key(edge) === name).map((edge) => edge.id));
      }
      announce(t("selected_count", { count: app.chosen.nodes.length + app.chosen.edges.length }));
    },
    choose(nodes, edges) {
      app.chosen = { nodes: [...nodes], edges: [...edges] };
      const drawn = nodes.filter((id) => board.nodeSet.get(id));
      // Selecting a node must not light up all of its links.
      board.network.setSelection({ nodes: drawn, edges: edges.filter((id) => board.edgeSet.get(id)) }, { highlightEdges: false });
      app.tell();
    },
    menu(kind, id, x, y) {
      if (kind === "node" && !app.chosen.nodes.includes(id)) acts.choose([id], []);
      if (kind === "edge" && !app.chosen.edges.includes(id)) acts.choose([], [id]);
      openMenu(app, menuOf(app, kind, id), x, y);
    },
    focus() { (listed() ? at("list") : at("canvas")).focus({ preventScroll: true }); },
  };
  return acts;
}
