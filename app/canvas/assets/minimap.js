// A small map of the whole drawing: where the window is in it. A press on it goes there.
import { at } from "./words.js";

// Fewer nodes than this are seen at once.
const FROM = 60;
const [WIDE, HIGH, EDGE] = [150, 100, 6];

let dots = null;
let frame = null;

export function resetMap() { dots = null; frame = null; }

// The dots, drawn once for each change; the window alone is drawn on every frame.
export function drawMap(app) {
  const map = at("map");
  const { model, data, board } = app;
  const shown = [...board.signs.keys()].filter((id) => model.places[id]);
  map.hidden = shown.length < FROM || at("canvas").hidden;
  if (map.hidden) return;
  const xs = shown.map((id) => model.places[id].x);
  const ys = shown.map((id) => model.places[id].y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min((WIDE - 2 * EDGE) / (right - left || 1), (HIGH - 2 * EDGE) / (bottom - top || 1));
  frame = { scale, x: WIDE / 2 - ((left + right) / 2) * scale, y: HIGH / 2 - ((top + bottom) / 2) * scale };
  Object.assign(map, { width: WIDE, height: HIGH });
  dots = document.createElement("canvas");
  Object.assign(dots, { width: WIDE, height: HIGH });
  const ctx = dots.getContext("2d");
  for (const id of shown) {
    const node = model.nodes.get(id);
    const style = node ? data.styles[node.style] : null;
    const level = node && node.level && data.levels[node.level];
    ctx.fillStyle = level ? level.ring : style && style.shape !== "sheet" ? style.fill : "#80858A";
    const size = level ? 3 : 2;
    ctx.fillRect(model.places[id].x * frame.scale + frame.x - size / 2, model.places[id].y * frame.scale + frame.y - size / 2, size, size);
  }
  drawWindow(app);
}

export function drawWindow(app) {
  const map = at("map");
  if (map.hidden || !dots) return;
  const ctx = map.getContext("2d");
  const { network } = app.board;
  const from = network.DOMtoCanvas({ x: 0, y: 0 });
  const to = network.DOMtoCanvas({ x: at("canvas").clientWidth, y: at("canvas").clientHeight });
  ctx.fillStyle = "#FFFFFF";
  ctx.fillRect(0, 0, WIDE, HIGH);
  ctx.drawImage(dots, 0, 0);
  ctx.strokeStyle = "#1F4E8C";
  ctx.lineWidth = 1.5;
  ctx.strokeRect(from.x * frame.scale + frame.x, from.y * frame.scale + frame.y, (to.x - from.x) * frame.scale, (to.y - from.y) * frame.scale);
}

// By pointer alone: keys walk from node to node, and F shows everything.
export function listenMap(app) {
  const go = (event) => {
    const position = { x: (event.offsetX - frame.x) / frame.scale, y: (event.offsetY - frame.y) / frame.scale };
    app.board.network.moveTo({ position, animation: false });
    app.tell();
  };
  at("map").addEventListener("pointerdown", (event) => { at("map").setPointerCapture(event.pointerId); go(event); });
  at("map").addEventListener("pointermove", (event) => { if (event.buttons) go(event); });
}
