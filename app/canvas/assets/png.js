// The window as a picture: white ground, and below it the legend and what every file says of itself.
import { MARKS, levelOf } from "./model.js";
import { GUARANTEE } from "./rings.js";
import { FONT, outline, units } from "./signs.js";
import { at, t } from "./words.js";

const MARGIN = 12;
const LINE = 18;
const SIGN = 22;
const LETTER = 6.2;
const INK = "#1F2328";
const DIM = "#57606a";

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function shape(ctx, x, y, style) {
  outline(ctx, style.shape, x + 8, y, 14, 11);
  ctx.fillStyle = style.fill;
  ctx.fill();
  ctx.lineWidth = 1;
  ctx.strokeStyle = DIM;
  ctx.stroke();
}

function line(ctx, x, y, colour, dashes) {
  ctx.beginPath();
  ctx.setLineDash(dashes);
  ctx.moveTo(x, y);
  ctx.lineTo(x + 17, y);
  ctx.lineWidth = 2;
  ctx.strokeStyle = colour;
  ctx.stroke();
  ctx.setLineDash([]);
}

function ring(ctx, x, y, level) {
  ctx.lineWidth = level.width;
  ctx.strokeStyle = level.ring;
  ctx.strokeRect(x + 2, y - 5, 12, 10);
}

function ground(ctx, x, y, colour) {
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = 1;
  ctx.strokeRect(x + 2, y - 5, 14, 10);
  ctx.globalAlpha = 0.15;
  ctx.fillRect(x + 2, y - 5, 14, 10);
  ctx.restore();
}

// The rows of the legend: a title, and words with what draws the sign before them.
function legendRows({ data, model, board }) {
  const seen = model.visible();
  const used = (items, key) => [...new Set(items.map(key))];
  const { styles, types, levels, kinds, letters } = data;
  const badges = used(seen.nodes.flatMap((node) => Object.keys(node.badges || {})), (name) => name);
  return [
    ["legend_nodes", used(seen.nodes, (node) => node.style).map((one) => [styles[one].title, (...spot) => shape(...spot, styles[one])])],
    ["legend_links", used(seen.edges, (edge) => edge.type).map((one) => [types[one].title, (...spot) => line(...spot, types[one].colour, [])])],
    ["legend_kinds", used(seen.edges, (edge) => edge.kind || "recorded").map((one) => [kinds[one], (...spot) => line(...spot, INK, { computed: [6, 3], lead: [2, 3] }[one] || [])])],
    ["legend_levels", used(seen.nodes, levelOf).filter((one) => levels[one]).map((one) => [levels[one].title, (...spot) => ring(...spot, levels[one])])],
    ["legend_marks", used([...seen.nodes, ...seen.edges].filter((one) => one.mark), (one) => one.mark).map((one) => [`${one} ${t(`mark_${MARKS[one]}`)}`, null])],
    ["legend_grounds", board.ringed.length ? [[t("ring"), (...spot) => ground(...spot, types[GUARANTEE].colour)]] : []],
    ["legend_badges", badges.map((one) => [`${letters[one]} ${t(`badge_${one}`)}`, null])],
  ].filter(([, entries]) => entries.length);
}

// Where each entry stands, rows wrapped at a width; and how high all of them are.
function laidOut(rows, width) {
  const spots = [];
  let y = 0;
  for (const [title, entries] of rows) {
    spots.push({ words: t(title), x: MARGIN, y, ink: DIM });
    let x = MARGIN + 64;
    for (const [words, draw] of entries) {
      const needed = (draw ? SIGN : 0) + units(words) * LETTER + 14;
      if (x + needed > width - MARGIN && x > MARGIN + 64) { x = MARGIN + 64; y += LINE; }
      spots.push({ words, x, y, draw, ink: INK });
      x += needed;
    }
    y += LINE;
  }
  return { spots, high: y };
}

export function savePng(app) {
  const drawn = at("canvas").querySelector("canvas");
  const ratio = window.devicePixelRatio || 1;
  const width = drawn.width / ratio;
  const top = drawn.height / ratio + MARGIN;
  const { spots, high } = laidOut(legendRows(app), width);
  const lines = app.data.about;
  const made = document.createElement("canvas");
  made.width = drawn.width;
  made.height = (top + high + LINE * lines.length + 2 * MARGIN) * ratio;
  const ctx = made.getContext("2d");
  ctx.fillStyle = "#FFFFFF";
  ctx.fillRect(0, 0, made.width, made.height);
  ctx.drawImage(drawn, 0, 0);
  ctx.scale(ratio, ratio);
  ctx.textBaseline = "middle";
  ctx.font = `12px ${FONT}`;
  for (const { words, x, y, draw, ink } of spots) {
    if (draw) draw(ctx, x, top + y + LINE / 2);
    ctx.fillStyle = ink;
    ctx.fillText(words, x + (draw ? SIGN : 0), top + y + LINE / 2);
  }
  ctx.fillStyle = INK;
  lines.forEach((words, place) => ctx.fillText(words, MARGIN, top + high + MARGIN + LINE * (place + 0.5), width - 2 * MARGIN));
  made.toBlob((blob) => save(blob, `${app.data.file}-${t("window")}.png`), "image/png");
}

// A file that the app made: it came as base64.
export function saveFile({ name, mime, content }) {
  const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
  save(new Blob([bytes], { type: mime }), name);
}
