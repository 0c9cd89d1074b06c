// Guarantee rings: parties that stand surety for one another in a circle, on one ground.
export const GUARANTEE = "GUARANTEES";
// Around the signs, and how much of the colour of the link is left on the ground and its edge.
const MARGIN = 18;
const [GROUND, EDGE] = [0.08, 0.55];

// Of a recorded guarantee that still holds on the day, and is in the newest snapshot.
const holds = (edge, day) => edge.type === GUARANTEE && edge.kind !== "lead" && !edge.gone && !(edge.until && edge.until <= day);

function reached(links, start) {
  const found = new Set([start]);
  // A set that grows while it is walked is walked to its new end.
  for (const id of found) for (const other of links.get(id) || []) found.add(other);
  return found;
}

// Sets of two or more, each of which stands surety, directly or through others, for every other.
export function ringsOf(edges, day) {
  const [onward, back] = [new Map(), new Map()];
  const put = (links, from, to) => { if (!links.has(from)) links.set(from, []); links.get(from).push(to); };
  for (const edge of edges) {
    if (!holds(edge, day)) continue;
    put(onward, edge.from, edge.to);
    put(back, edge.to, edge.from);
  }
  const done = new Set();
  const rings = [];
  for (const id of onward.keys()) {
    if (done.has(id)) continue;
    const before = reached(back, id);
    const ring = [...reached(onward, id)].filter((other) => before.has(other));
    ring.forEach((other) => done.add(other));
    if (ring.length > 1) rings.push(ring);
  }
  return rings;
}

// The hull of some points, in order (monotone chain: A. M. Andrew, 1979).
export function hull(points) {
  const sorted = [...points].sort((one, two) => one.x - two.x || one.y - two.y);
  const half = (list) => {
    const line = [];
    for (const point of list) {
      while (line.length > 1) {
        const [a, b] = line.slice(-2);
        if ((b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x) > 0) break;
        line.pop();
      }
      line.push(point);
    }
    return line.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

// `boxes` are the signs of a ring: their middle and size. The words stand above the highest of them.
export function drawRing(ctx, boxes, colour, words, font, scale) {
  const corners = boxes.flatMap(({ x, y, w, h }) => [-1, 1].flatMap((across) => [-1, 1].map((down) => (
    { x: x + across * (w / 2 + MARGIN), y: y + down * (h / 2 + MARGIN) }))));
  const line = hull(corners);
  ctx.save();
  ctx.beginPath();
  line.forEach(({ x, y }) => ctx.lineTo(x, y));
  ctx.closePath();
  ctx.fillStyle = ctx.strokeStyle = colour;
  ctx.globalAlpha = GROUND;
  ctx.fill();
  ctx.globalAlpha = EDGE;
  ctx.lineJoin = "round";
  ctx.lineWidth = Math.max(1.2, 1 / scale);
  ctx.stroke();
  if (words) {
    const top = Math.min(...line.map(({ y }) => y));
    const above = line.filter(({ y }) => y === top).map(({ x }) => x);
    ctx.globalAlpha = 1;
    Object.assign(ctx, { font: `12px ${font}`, textAlign: "center", textBaseline: "bottom" });
    ctx.fillText(words, (Math.min(...above) + Math.max(...above)) / 2, top - 4);
  }
  ctx.restore();
}
