// What asks a person for more: the chooser of an expansion, a note, lists, the sheet of keys.
import { at, button, focused, make, t } from "./words.js";

let back = null;

export function resetDialogs() { back = null; }

export function closeDialog() {
  const box = at("dialog");
  if (box.hidden) return false;
  box.hidden = true;
  (back && back.isConnected ? back : at("canvas")).focus({ preventScroll: true });
  return true;
}

function openDialog(title, fill) {
  const box = at("dialog");
  back = focused();
  box.replaceChildren();
  box.setAttribute("aria-label", title);
  const head = make("div", "title", title, box);
  button(head, "×", closeDialog, { classes: "close", name: "close" }).setAttribute("aria-label", t("close"));
  fill(box);
  box.hidden = false;
  at("menu").hidden = true;
  at("card").hidden = true;
  const first = box.querySelector("input, textarea, button.go, .body button") || box.querySelector("button");
  if (first) first.focus({ preventScroll: true });
}

function choice(parent, kind, name, value, words, checked) {
  const label = make("label", "", undefined, parent);
  const input = make("input", "", undefined, label);
  Object.assign(input, { type: kind, name, value, checked });
  make("span", "", words, label);
  return input;
}

const chosen = (box, name) => [...box.querySelectorAll(`input[name=${name}]:checked`)].map((one) => one.value);

// Where more than thirty are not shown a person says which of them come, and the rest stay as +N.
export function chooser(app, id, ask) {
  const node = app.model.nodes.get(id);
  openDialog(t("choose_title", { name: node.name }), (box) => {
    const body = make("div", "body", undefined, box);
    make("div", "label", t("choose_types"), body);
    const list = make("div", "choices column", undefined, body);
    const sorted = Object.entries(node.more).sort((one, two) => two[1] - one[1]);
    for (const [type, count] of sorted) choice(list, "checkbox", "type", type, `${app.data.types[type].title}（${count}）`, true);
    make("div", "label", t("choose_order"), body);
    const orders = make("div", "choices", undefined, body);
    for (const order of ["exposure", "degree", "name"]) choice(orders, "radio", "order", order, t(`order_${order}`), order === "exposure");
    make("div", "label", t("choose_count"), body);
    const counts = make("div", "choices", undefined, body);
    for (const count of app.data.limits.choose) choice(counts, "radio", "limit", count, count, count === app.data.limits.choose[1]);
    make("div", "label", t("choose_way"), body);
    const ways = make("div", "choices", undefined, body);
    for (const way of ["both", "out", "in"]) choice(ways, "radio", "way", way, t(`way_${way}`), way === "both");
    const only = choice(make("div", "choices", undefined, body), "checkbox", "record", "yes", t("expand_record"), false);
    make("p", "hint", t("choose_hint"), body);
    const foot = make("div", "foot", undefined, box);
    button(foot, t("cancel"), closeDialog);
    button(foot, t("expand"), () => {
      const types = chosen(box, "type");
      if (!types.length) return;
      closeDialog();
      ask({
        ...(types.length < sorted.length ? { types } : {}), order: chosen(box, "order")[0],
        limit: Number(chosen(box, "limit")[0]), way: chosen(box, "way")[0], with_record: only.checked,
      });
    }, { classes: "go", name: "choose" });
  });
}

export function noteDialog(title, most, done) {
  openDialog(t("note_title", { name: title }), (box) => {
    const body = make("div", "body", undefined, box);
    const area = make("textarea", "", undefined, body);
    Object.assign(area, { maxLength: most, rows: 4, placeholder: t("note_hint") });
    const foot = make("div", "foot", undefined, box);
    button(foot, t("cancel"), closeDialog);
    button(foot, t("save"), () => {
      const words = area.value.trim();
      if (!words) return;
      closeDialog();
      done(words);
    }, { classes: "go", name: "saveNote" });
  });
}

// Rows of {words, run?, action?}: hidden things, members of a fold.
export function listDialog(title, items, action) {
  openDialog(title, (box) => {
    const body = make("div", "body list", undefined, box);
    if (!items.length) make("p", "hint", t("nothing_here"), body);
    for (const item of items) {
      const row = make("div", "row", undefined, body);
      make("span", "", item.words, row);
      button(row, action, () => { item.run(); row.remove(); });
    }
  });
}

const SHEET = [
  ["/", "find"], ["E", "expand"], ["H", "hide"], ["Shift+H", "only"], ["G", "fold"], ["F", "fit"], ["P", "path"],
  ["J / K", "path_step"], ["T", "table"], ["I", "panel"], ["L", "labels"], ["Ctrl+Z / Ctrl+Y", "undo_redo"],
  ["Ctrl+A", "select_all"], ["Esc", "escape"], ["← ↑ → ↓", "arrows"], ["Enter", "select"],
  ["Shift+F10", "menu"], ["+ / −", "zoom"], ["?", "sheet"],
];

export function keySheet() {
  openDialog(t("keys_title"), (box) => {
    const body = make("div", "body keys", undefined, box);
    for (const [key, word] of SHEET) {
      make("kbd", "", key, body);
      make("span", "", t(`key_${word}`), body);
    }
  });
}

// Tab stays inside, Escape leaves.
export function dialogKey(event) {
  const box = at("dialog");
  if (box.hidden) return false;
  if (event.key === "Escape") { closeDialog(); return true; }
  if (event.key !== "Tab") return "let";
  const all = [...box.querySelectorAll("button, input, textarea")];
  const now = all.indexOf(focused());
  const next = now + (event.shiftKey ? -1 : 1);
  if (next < 0 || next >= all.length) { all[next < 0 ? all.length - 1 : 0].focus({ preventScroll: true }); return true; }
  return "let";
}
