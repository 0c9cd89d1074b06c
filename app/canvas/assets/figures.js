// What is written on links. The library writes it below the signs, in the middle between two
// centres: beside a wide sign that is under the sign. Here it stands over the drawing, where the
// link can be seen.
const FIGURE = { high: 11, ink: "#57606a", ground: "#ffffff" };
// Places along a link that are tried, as parts of its length.
const PLACES = Array.from({ length: 39 }, (_, place) => (place + 1) / 40);
// Pixels around a sign and its ring that no letter touches, and how far its badges stand out.
const [APART, STANDS_OUT, NAME_LINE] = [3, 11, 15];
const LETTER_WIDE = 6.2;

const over = (one, other) => one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;
const around = ({ x, y }, wide, high) => ({ left: x - wide / 2, right: x + wide / 2, top: y - high / 2, bottom: y + high / 2 });

// Where a sign covers the ground: its shape, and its name where that stands below.
function covered({ w, h, below, lines, level, badges, plus }, { x, y }, units) {
  const boxes = [around({ x, y }, w + 2 * APART, h + 2 * APART)];
  if (level || badges.length) boxes[0].top -= STANDS_OUT;
  if (badges.length || plus) boxes[0].right += STANDS_OUT;
  if (plus) boxes[0].bottom += STANDS_OUT;
  if (below && lines.length) {
    const wide = Math.max(...lines.map(units)) * LETTER_WIDE;
    const high = lines.length * NAME_LINE;
    boxes.push(around({ x, y: y + h / 2 + 3 + high / 2 }, wide, high));
  }
  return boxes;
}

// The place on a link for words so wide: free of all else, or else of the two signs at its ends,
// and as near to the middle of what is seen of it as can be.
export function placed(pointAt, wide, ends, others) {
  const points = PLACES.map((part) => ({ part, ...pointAt(part) }));
  const inside = (point) => ends.some((box) => over(around(point, 0, 0), box));
  const seen = points.filter((point) => !inside(point));
  if (!seen.length) return pointAt(0.5);
  const middle = (seen[0].part + seen[seen.length - 1].part) / 2;
  seen.sort((one, two) => Math.abs(one.part - middle) - Math.abs(two.part - middle));
  const free = (point, boxes) => !boxes.some((box) => over(around(point, wide, FIGURE.high), box));
  const fits = seen.filter((point) => free(point, ends));
  return fits.find((point) => free(point, others)) || fits[0] || seen[0];
}

// A link from a party to itself is a circle over the right corner of its sign.
const BESIDE = 22;

// `figures` are words by link; `body` the library's own nodes and edges, which know where they are.
export function drawFigures(ctx, figures, body, signs, font, units) {
  const boxes = new Map();
  for (const [id, made] of signs) if (body.nodes[id]) boxes.set(id, covered(made, body.nodes[id], units));
  const all = [...boxes.values()].flat();
  ctx.save();
  Object.assign(ctx, { font: `${FIGURE.high}px ${font}`, textAlign: "center", textBaseline: "middle", lineWidth: 4, lineJoin: "round" });
  ctx.strokeStyle = FIGURE.ground;
  ctx.fillStyle = FIGURE.ink;
  for (const [id, words] of figures) {
    const edge = body.edges[id];
    if (!edge || !edge.connected || !boxes.has(edge.fromId) || !boxes.has(edge.toId)) continue;
    const { w, h } = signs.get(edge.fromId);
    const wide = units(words) * LETTER_WIDE;
    const at = edge.from === edge.to
      ? { x: edge.from.x + w / 2 + BESIDE, y: edge.from.y - h / 2 - BESIDE }
      : placed((part) => edge.edgeType.getPoint(part), wide, [...boxes.get(edge.fromId), ...boxes.get(edge.toId)], all);
    all.push(around(at, wide, FIGURE.high));
    ctx.strokeText(words, at.x, at.y);
    ctx.fillText(words, at.x, at.y);
  }
  ctx.restore();
}
