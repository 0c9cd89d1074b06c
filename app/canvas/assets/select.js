// Selection by a frame or by a free line: drawn over the canvas, which does not pan meanwhile.
import { at, make, t, announce } from "./words.js";

let mode = null;
let layer = null;

export const selecting = () => mode;

export function resetSelecting() { mode = null; layer = null; }

function inside(line, { x, y }) {
  let odd = false;
  for (let one = 0, two = line.length - 1; one < line.length; two = one, one += 1) {
    const a = line[one];
    const b = line[two];
    if ((a.y > y) !== (b.y > y) && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
  }
  return odd;
}

export function stopSelecting(app) {
  if (!mode) return false;
  mode = null;
  layer.remove();
  layer = null;
  app.tools();
  return true;
}

export function startSelecting(app, wanted) {
  const same = mode === wanted;
  stopSelecting(app);
  if (same) return;
  mode = wanted;
  const under = at("canvas");
  layer = make("canvas", "over", undefined, at("stage"));
  layer.width = under.clientWidth;
  layer.height = under.clientHeight;
  const ctx = layer.getContext("2d");
  let line = [];
  const spot = (event) => ({ x: event.offsetX, y: event.offsetY });
  const shape = () => {
    if (mode === "lasso" || line.length < 2) return line;
    const [a, b] = [line[0], line[line.length - 1]];
    return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
  };
  layer.addEventListener("pointerdown", (event) => { layer.setPointerCapture(event.pointerId); line = [spot(event)]; });
  layer.addEventListener("pointermove", (event) => {
    if (!line.length) return;
    line.push(spot(event));
    ctx.clearRect(0, 0, layer.width, layer.height);
    ctx.beginPath();
    shape().forEach((one) => ctx.lineTo(one.x, one.y));
    ctx.closePath();
    ctx.fillStyle = "rgba(31, 78, 140, 0.08)";
    ctx.fill();
    ctx.setLineDash([4, 3]);
    ctx.strokeStyle = "#1F4E8C";
    ctx.stroke();
  });
  layer.addEventListener("pointerup", (event) => {
    const area = shape();
    const found = app.board.nodeSet.getIds().filter((id) => inside(area, app.board.point(id)));
    stopSelecting(app);
    app.acts.choose(event.ctrlKey ? [...new Set([...app.chosen.nodes, ...found])] : found, []);
    announce(t("selected_count", { count: found.length }));
  });
  app.tools();
}
