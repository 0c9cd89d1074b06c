// Filters beyond the legend: record, region, file, share, date. Chips say what is left out.
import { at, button, make, t } from "./words.js";

function options(values) { return [...new Set(values)].filter(Boolean).sort(); }

function several(parent, word, values, held, change) {
  if (!values.length) return;
  make("div", "label", t(word), parent);
  const box = make("div", "choices column tall", undefined, parent);
  for (const value of values) {
    const label = make("label", "", undefined, box);
    const input = make("input", "", undefined, label);
    Object.assign(input, { type: "checkbox", checked: !held || held.includes(value), value });
    make("span", "", value, label);
    input.addEventListener("change", () => {
      const ticked = [...box.querySelectorAll("input:checked")].map((one) => one.value);
      change(ticked.length === values.length ? undefined : ticked);
    });
  }
}

function field(parent, word, kind, value, change, more = {}) {
  const label = make("label", "field", undefined, parent);
  make("span", "", t(word), label);
  const input = make("input", "", undefined, label);
  Object.assign(input, { type: kind, value: value === undefined ? "" : value, ...more });
  input.addEventListener("change", () => change(input.value));
}

export function openFilters(app) {
  const panel = at("filters");
  if (!panel.hidden) { panel.hidden = true; return; }
  panel.replaceChildren();
  const { model, data } = app;
  const held = () => model.filters;
  const set = (name, value) => app.acts.filter({ ...held(), [name]: value });
  const label = make("label", "field", undefined, panel);
  const record = make("input", "", undefined, label);
  Object.assign(record, { type: "checkbox", checked: Boolean(held().record) });
  make("span", "", t("filter_record"), label);
  record.addEventListener("change", () => set("record", record.checked || undefined));
  field(panel, "filter_share", "number", held().share === undefined ? undefined : held().share * 100,
    (value) => set("share", value === "" ? undefined : Math.min(1, Math.max(0, Number(value) / 100))), { min: 0, max: 100, step: 1 });
  field(panel, "filter_since", "date", held().since, (value) => set("since", value || undefined));
  field(panel, "filter_until", "date", held().until, (value) => set("until", value || undefined));
  several(panel, "filter_regions", options([...model.nodes.values()].map((node) => node.region)), held().regions,
    (value) => set("regions", value && [...value, ""]));
  several(panel, "filter_files", data.files, held().files, (value) => set("files", value));
  button(panel, t("close"), () => { panel.hidden = true; at("canvas").focus({ preventScroll: true }); });
  panel.hidden = false;
  record.focus({ preventScroll: true });
}

function chip(parent, words, undo) {
  const made = button(parent, words, undo, { classes: "chip" });
  made.title = t("chip_hint");
  make("span", "x", "×", made);
}

// One chip a filter, what the legend switched off included; a click takes it back.
export function drawChips(app) {
  const chips = at("chips");
  chips.replaceChildren();
  const { model, data } = app;
  const titles = {
    node: (name) => (data.styles[name] || {}).title, link: (name) => (data.types[name] || {}).title,
    kind: (name) => data.kinds[name], mark: (name) => t(`mark_${name}`), level: (name) => (data.levels[name] ? data.levels[name].title : t(`level_${name}`)),
  };
  for (const key of model.off) {
    const [kind, name] = key.split(":");
    const title = titles[kind] && titles[kind](name);
    if (title) chip(chips, t("chip_off", { title }), () => app.acts.off(key));
  }
  const { record, share, since, until, regions, files } = model.filters;
  const without = (name) => () => app.acts.filter({ ...model.filters, [name]: undefined });
  if (record) chip(chips, t("filter_record"), without("record"));
  if (share !== undefined) chip(chips, `${t("filter_share")} ${Math.round(share * 10000) / 100}%`, without("share"));
  if (since) chip(chips, `${t("filter_since")} ${since}`, without("since"));
  if (until) chip(chips, `${t("filter_until")} ${until}`, without("until"));
  if (regions) chip(chips, `${t("filter_regions")} ${regions.filter(Boolean).join("、") || t("nothing_here")}`, without("regions"));
  if (files) chip(chips, `${t("filter_files")} ${files.length}`, without("files"));
  if (model.hidden.size) {
    const chipped = button(chips, t("hidden_list", { count: app.acts.hiddenCount() }), () => app.acts.hiddenList(), { classes: "chip", name: "hiddenList" });
    chipped.title = t("key_all");
  }
  chips.hidden = !chips.childElementCount;
}
