// The time bar: when things began and ended; what lies outside the window fades, nothing vanishes.
import { at, button, make, t } from "./words.js";

const MODES = ["links", "records", "began"];
const STEP_MS = 900;
let timer = 0;
let mode = "links";
let range = null;
let windowNow = null;

export function resetTime() { clearInterval(timer); timer = 0; mode = "links"; range = null; windowNow = null; }

const year = (day) => Number(day.slice(0, 4));

// [first day, last day] of each thing, null where it has no date.
function spans(app) {
  const seen = app.model.visible();
  if (mode === "links") {
    return seen.edges.map((edge) => ({ id: edge.id, ends: edge.since || edge.until ? [edge.since || null, edge.until || null] : null }));
  }
  return seen.nodes.flatMap((node) => {
    if (mode === "began") return [{ id: node.id, ends: node.began ? [node.began, null] : null, point: true }];
    const days = node.decided || [];
    return days.length ? days.map((day) => ({ id: node.id, ends: [day, null], point: true })) : [{ id: node.id, ends: null }];
  });
}

function inside(span, [first, last]) {
  if (!span.ends) return true;
  const [since, until] = span.ends;
  if (span.point) return year(since) >= first && year(since) <= last;
  return (!since || year(since) <= last) && (!until || year(until) >= first);
}

function lit(app, listed) {
  const kept = new Set(listed.filter((span) => inside(span, windowNow)).map((span) => span.id));
  const { nodes, edges } = app.model.visible();
  if (mode !== "links") {
    return { nodes: kept, edges: new Set(edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to)).map((edge) => edge.id)) };
  }
  const ends = new Set();
  const linked = new Set();
  for (const edge of edges) {
    linked.add(edge.from); linked.add(edge.to);
    if (kept.has(edge.id)) { ends.add(edge.from); ends.add(edge.to); }
  }
  nodes.forEach((node) => { if (!linked.has(node.id)) ends.add(node.id); });
  return { nodes: ends, edges: kept };
}

function show(app) {
  const listed = spans(app);
  const whole = !range || (windowNow[0] === range[0] && windowNow[1] === range[1]);
  app.board.shine("time", whole ? null : lit(app, listed));
  const undated = listed.filter((span) => !span.ends).length;
  const count = listed.filter((span) => span.ends && inside(span, windowNow || [0, 9999])).length;
  const said = at("time-said");
  if (said && windowNow) {
    said.textContent = t("time_said", { from: windowNow[0], to: windowNow[1], count, total: listed.length - undated, undated, asof: app.data.asof });
  }
}

function stop() { clearInterval(timer); timer = 0; }

function place(app) {
  const bar = at("time-bars");
  const [first, last] = range;
  const width = last - first + 1;
  const box = at("time-window");
  box.style.left = `${((windowNow[0] - first) / width) * 100}%`;
  box.style.width = `${((windowNow[1] - windowNow[0] + 1) / width) * 100}%`;
  for (const end of [0, 1]) {
    const handle = box.children[end];
    handle.setAttribute("aria-valuenow", windowNow[end]);
    handle.setAttribute("aria-valuemin", first);
    handle.setAttribute("aria-valuemax", last);
  }
  bar.querySelectorAll(".bar").forEach((one) => {
    const at = Number(one.dataset.year);
    one.classList.toggle("out", at < windowNow[0] || at > windowNow[1]);
  });
  show(app);
}

function shift(app, ends, by) {
  const next = [...windowNow];
  const size = windowNow[1] - windowNow[0];
  for (const end of ends) next[end] += by;
  if (ends.length === 2) {
    next[0] = Math.max(range[0], Math.min(next[0], range[1] - size));
    next[1] = next[0] + size;
  } else {
    next[0] = Math.max(range[0], Math.min(next[0], next[1]));
    next[1] = Math.min(range[1], Math.max(next[1], next[0]));
  }
  windowNow = next;
  place(app);
}

function draggable(app, element, ends) {
  element.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    event.stopPropagation();
    stop();
    element.setPointerCapture(event.pointerId);
    const width = at("time-bars").clientWidth / (range[1] - range[0] + 1);
    let from = event.clientX;
    const move = (moved) => {
      const by = Math.round((moved.clientX - from) / width);
      if (!by) return;
      from += by * width;
      shift(app, ends, by);
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", () => element.removeEventListener("pointermove", move), { once: true });
  });
  element.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    shift(app, ends, by);
  });
}

function play(app) {
  if (timer) { stop(); drawTime(app); return; }
  const size = Math.min(windowNow[1] - windowNow[0], Math.max(0, range[1] - range[0] - 1));
  if (windowNow[1] >= range[1]) windowNow = [range[0], range[0] + Math.min(size, 2)];
  timer = setInterval(() => {
    if (windowNow[1] >= range[1]) { stop(); drawTime(app); return; }
    shift(app, [0, 1], 1);
  }, STEP_MS);
  drawTime(app);
}

export function drawTime(app) {
  const bar = at("time");
  bar.replaceChildren();
  const listed = spans(app);
  const days = listed.flatMap((span) => (span.ends || []).filter(Boolean));
  const head = make("div", "time-head", undefined, bar);
  const pick = make("select", "", undefined, head);
  pick.setAttribute("aria-label", t("time_mode"));
  for (const one of MODES) Object.assign(make("option", "", t(`time_${one}`), pick), { value: one, selected: one === mode });
  pick.addEventListener("change", () => { mode = pick.value; range = null; stop(); drawTime(app); });
  if (!days.length) { app.board.shine("time", null); make("span", "hint", t("time_none", { count: listed.length }), head); return; }
  const first = Math.min(...days.map(year));
  const last = Math.max(...days.map(year));
  if (!range || range[0] !== first || range[1] !== last) { range = [first, last]; windowNow = [first, last]; }
  button(head, timer ? t("time_stop") : t("time_play"), () => play(app), { name: "play", why: first === last ? t("time_one") : "" });
  button(head, t("time_all"), () => { stop(); windowNow = [...range]; place(app); }, { name: "timeAll" });
  make("span", "hint", "", head).id = "time-said";
  const bars = make("div", "", undefined, bar);
  bars.id = "time-bars";
  const count = (place) => listed.reduce((sum, span) => {
    const day = span.ends && span.ends[place];
    if (day) sum[year(day)] = (sum[year(day)] || 0) + 1;
    return sum;
  }, {});
  const starts = count(0);
  const ends = count(1);
  const most = Math.max(...Object.values(starts), ...Object.values(ends), 1);
  for (let at = first; at <= last; at += 1) {
    const one = make("div", "bar", undefined, bars);
    one.dataset.year = at;
    one.title = t("time_year", { year: at, starts: starts[at] || 0, ends: ends[at] || 0 });
    make("i", "starts", undefined, one).style.height = `${((starts[at] || 0) / most) * 100}%`;
    make("i", "ends", undefined, one).style.height = `${((ends[at] || 0) / most) * 100}%`;
  }
  const box = make("div", "", undefined, bars);
  box.id = "time-window";
  for (const end of [0, 1]) {
    const handle = make("div", `handle ${end ? "last" : "first"}`, undefined, box);
    Object.assign(handle, { tabIndex: 0, role: "slider" });
    handle.setAttribute("aria-label", t(end ? "time_last" : "time_first"));
    draggable(app, handle, [end]);
  }
  draggable(app, box, [0, 1]);
  const scale = make("div", "time-scale", undefined, bar);
  make("span", "", String(first), scale);
  make("span", "", String(last), scale);
  place(app);
}

export const timeWindow = () => ({ mode, range, window: windowNow });
