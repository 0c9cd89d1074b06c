// Signs of things: fill and shape say the type, ring and word the level, badges the status.
export const FONT = '"Noto Sans CJK SC", "Microsoft YaHei", "WenQuanYi Micro Hei", sans-serif';
const LINE = 15;
const WIDE = 20;
const ACCENT = "#1F4E8C";
const DARK = "#57606a";
const BELOW = new Set(["diamond", "triangle", "dashed"]);
const ROUND = new Set(["circle", "circle_bar", "dashed"]);
// Below this scale letters are smaller than six pixels: shapes alone are drawn, and names apart.
export const LEGIBLE = 0.5;
// How much is left of the colour of what is gone.
export const GHOST = 0.3;
const BADGE = {
  active: { fill: "#8F1D00", ink: "#FFFFFF", edge: "#8F1D00" },
  repaired: { fill: "#FFFFFF", ink: "#8F1D00", edge: "#8F1D00" },
  disputed: { fill: "#FFFFFF", ink: "#1F2328", edge: "#8F1D00", half: "#E8B9AC" },
  honours: { fill: "#1F4E8C", ink: "#FFFFFF", edge: "#1F4E8C" },
  doubles: { fill: "#FFFFFF", ink: "#1F2328", edge: "#57606a", dash: [2, 2] },
  mark: { fill: "#FFFFFF", ink: "#1F2328", edge: "#1F2328" },
  pinned: { fill: "#F0F2F5", ink: "#1F2328", edge: "#57606a" },
};

const room = (char) => (char.codePointAt(0) > 0x2e7f ? 2 : 1);
export const units = (text) => [...text].reduce((sum, char) => sum + room(char), 0);

// What a line is not broken within: words of letters below Chinese ones, with the space after.
const PIECES = /[^\s\u2e80-\u{10ffff}]+\s*|\s+|[^]/gu;

// A name in lines of so many units; words of Latin letters are whole where they fit a line.
function laid(name, width) {
  const parts = [""];
  let left = width;
  const next = () => { parts.push(""); left = width; };
  for (const piece of name.match(PIECES) || []) {
    const needed = units(piece.trimEnd());
    const fits = needed <= width;
    if (fits && needed > left) next();
    for (const char of piece) {
      if (!fits && room(char) > left) next();
      parts[parts.length - 1] += char;
      left -= room(char);
    }
  }
  return parts.map((part) => part.trimEnd());
}

// At most so many lines of so many units; … stands for the rest. A Latin letter takes one unit.
// Lines are evened out: no lone character on a line of its own.
export function wrap(name, most, lines) {
  const whole = units(name);
  const even = whole <= most ? most : Math.min(most, 2 * Math.ceil(whole / Math.ceil(whole / most) / 2) + 1);
  const evened = laid(name, even);
  const parts = evened.length <= lines ? evened : laid(name, most);
  if (parts.length <= lines) return parts;
  const last = parts[lines - 1];
  // The sign is as wide as a Chinese character.
  const kept = units(last) + 2 <= most ? last : [...last].slice(0, -1).join("");
  return [...parts.slice(0, lines - 1), `${kept}…`];
}

// What a sign looks like: worked out once a node, drawn on every frame.
export function sign(node, style, levels, letters, pinned) {
  const short = units(node.name) <= 8;
  const circle = ROUND.has(style.shape);
  const below = BELOW.has(style.shape) || (circle && !short);
  const lines = style.shape === "dashed" && !node.name ? [] : wrap(node.name, WIDE, 2);
  // What is computed stands below what is registered.
  if (node.sub) lines.push(node.sub);
  const longest = Math.max(0, ...lines.map(units));
  const made = { ...style, lines, below, level: node.level && levels[node.level], group: node.group };
  if (below) {
    const size = circle ? 34 : 28;
    Object.assign(made, { w: size, h: size });
  } else if (circle) {
    Object.assign(made, { w: Math.max(46, longest * 6.6 + 16), h: 46 });
  } else {
    const bar = style.shape === "square_bar" ? 6 : 0;
    Object.assign(made, { w: Math.max(62, longest * 6.6 + 20 + bar), h: 16 + LINE * lines.length });
    if (style.shape === "shield") made.h += 8;
    if (style.shape === "hexagon") made.w += 18;
  }
  made.gone = node.gone;
  made.badges = Object.entries(node.badges || {}).filter(([name]) => BADGE[name])
    .map(([name, count]) => ({ ...BADGE[name], text: letters[name] + (count > 1 ? count : "") }));
  if (pinned) made.badges.push({ ...BADGE.pinned, text: letters.pinned });
  if (node.mark) made.badges.push({ ...BADGE.mark, text: node.mark });
  const more = Object.values(node.more || {}).reduce((sum, count) => sum + count, 0);
  made.plus = more ? `+${more}` : "";
  return made;
}

function rounded(ctx, x, y, w, h, r) {
  ctx.moveTo(x + r, y);
  ctx.arcTo(x + w, y, x + w, y + h, r);
  ctx.arcTo(x + w, y + h, x, y + h, r);
  ctx.arcTo(x, y + h, x, y, r);
  ctx.arcTo(x, y, x + w, y, r);
  ctx.closePath();
}

// The outline of a shape, `out` pixels around it.
export function outline(ctx, shape, x, y, width, height, out = 0) {
  const w = width / 2 + out;
  const h = height / 2 + out;
  ctx.beginPath();
  if (ROUND.has(shape)) {
    ctx.ellipse(x, y, w, h, 0, 0, 2 * Math.PI);
  } else if (shape === "diamond") {
    ctx.moveTo(x, y - h); ctx.lineTo(x + w, y); ctx.lineTo(x, y + h); ctx.lineTo(x - w, y); ctx.closePath();
  } else if (shape === "triangle") {
    ctx.moveTo(x, y - h); ctx.lineTo(x + w, y + h); ctx.lineTo(x - w, y + h); ctx.closePath();
  } else if (shape === "hexagon") {
    const cut = Math.min(14, w / 2);
    ctx.moveTo(x - w + cut, y - h); ctx.lineTo(x + w - cut, y - h); ctx.lineTo(x + w, y);
    ctx.lineTo(x + w - cut, y + h); ctx.lineTo(x - w + cut, y + h); ctx.lineTo(x - w, y); ctx.closePath();
  } else if (shape === "shield") {
    ctx.moveTo(x - w, y - h); ctx.lineTo(x + w, y - h); ctx.lineTo(x + w, y + h - 10);
    ctx.lineTo(x, y + h); ctx.lineTo(x - w, y + h - 10); ctx.closePath();
  } else if (shape === "sheet") {
    ctx.moveTo(x - w, y - h); ctx.lineTo(x + w - 9, y - h); ctx.lineTo(x + w, y - h + 9);
    ctx.lineTo(x + w, y + h); ctx.lineTo(x - w, y + h); ctx.closePath();
  } else {
    rounded(ctx, x - w, y - h, 2 * w, 2 * h, 3);
  }
}

function pill(ctx, text, right, middle, look) {
  ctx.font = `600 10px ${FONT}`;
  const w = Math.max(16, units(text) * 5.6 + 6);
  ctx.beginPath();
  rounded(ctx, right - w, middle - 8, w, 16, 8);
  ctx.fillStyle = look.fill;
  ctx.fill();
  if (look.half) {
    ctx.save();
    ctx.clip();
    ctx.fillStyle = look.half;
    ctx.fillRect(right - w, middle - 8, w / 2, 16);
    ctx.restore();
  }
  ctx.setLineDash(look.dash || []);
  ctx.lineWidth = 1.4;
  ctx.strokeStyle = look.edge;
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.fillStyle = look.ink;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, right - w / 2, middle + 0.5);
  return w;
}

function body(ctx, made, x, y) {
  const dashed = made.shape === "dashed" || made.gone;
  outline(ctx, made.shape, x, y, made.w, made.h);
  ctx.fillStyle = made.fill;
  ctx.fill();
  // What is gone is a shade of what it was.
  if (made.gone) { ctx.fillStyle = `rgba(255, 255, 255, ${1 - GHOST})`; ctx.fill(); }
  ctx.lineWidth = dashed ? 1.5 : 1;
  ctx.strokeStyle = made.shape === "sheet" || dashed ? DARK : "rgba(31,35,40,0.35)";
  if (dashed) ctx.setLineDash([4, 3]);
  ctx.stroke();
  ctx.setLineDash([]);
  if (made.shape === "square_bar") {
    ctx.fillStyle = "#FFFFFF";
    ctx.fillRect(x - made.w / 2 + 5, y - made.h / 2 + 3, 3, made.h - 6);
  } else if (made.shape === "circle_bar") {
    ctx.save();
    outline(ctx, made.shape, x, y, made.w, made.h);
    ctx.clip();
    ctx.fillStyle = "#FFFFFF";
    ctx.fillRect(x - made.w / 2, y + made.h / 2 - 9, made.w, 3);
    ctx.restore();
  } else if (made.shape === "sheet") {
    ctx.beginPath();
    ctx.moveTo(x + made.w / 2 - 9, y - made.h / 2);
    ctx.lineTo(x + made.w / 2 - 9, y - made.h / 2 + 9);
    ctx.lineTo(x + made.w / 2, y - made.h / 2 + 9);
    ctx.lineWidth = 1;
    ctx.strokeStyle = DARK;
    ctx.stroke();
  }
}

// From afar a ring keeps a width that can be seen: the level is what is looked for there.
function ring(ctx, made, x, y, scale) {
  const { ring: colour } = made.level;
  const width = Math.max(made.level.width, (made.level.width / 2) / scale);
  outline(ctx, made.shape, x, y, made.w, made.h, 2 + width / 2);
  ctx.lineWidth = width;
  ctx.strokeStyle = colour;
  ctx.stroke();
  // The lightest ring would fade into the ground without an outline.
  if (made.level.width < 3) {
    outline(ctx, made.shape, x, y, made.w, made.h, 3.5 + width / 2);
    ctx.lineWidth = 0.8;
    ctx.strokeStyle = DARK;
    ctx.stroke();
  }
}

function letters(ctx, made, x, y) {
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.font = `12.5px ${FONT}`;
  if (made.shape === "dashed") {
    ctx.fillStyle = "#1F2328";
    ctx.fillText("?", x, y + 1);
  }
  const count = made.lines.length;
  if (made.below) {
    ctx.lineWidth = 3;
    ctx.strokeStyle = "rgba(255,255,255,0.9)";
    ctx.fillStyle = "#1F2328";
    made.lines.forEach((line, place) => {
      const top = y + made.h / 2 + 11 + place * LINE;
      ctx.strokeText(line, x, top);
      ctx.fillText(line, x, top);
    });
  } else {
    ctx.fillStyle = made.gone ? "#1F2328" : made.ink;
    const shift = made.shape === "square_bar" ? 3 : 0;
    const lift = made.shape === "shield" ? -4 : made.shape === "circle_bar" ? -2 : 0;
    made.lines.forEach((line, place) => {
      ctx.fillText(line, x + shift, y + lift + 0.5 + (place - (count - 1) / 2) * LINE);
    });
  }
}

// What is said of a thing: above the arrows that end at it.
export function drawMarks(ctx, made, x, y, scale) {
  if (scale < LEGIBLE) return;
  let right = x + made.w / 2 + 6;
  const top = y - made.h / 2 - 3;
  for (const badge of [...made.badges].reverse()) right -= pill(ctx, badge.text, right, top, badge) + 1;
  if (made.level) {
    const { ring: colour, ink, title } = made.level;
    const w = Math.max(16, units(title) * 5.6 + 6);
    pill(ctx, title, Math.min(x - made.w / 2 + w - 8, right - 2), top, { fill: colour, ink, edge: colour });
  }
  if (made.plus) {
    // Beside a small sign: its name stands below.
    const [right, middle] = made.below ? [x + made.w / 2 + 16 + made.plus.length * 3, y] : [x + made.w / 2 + 8, y + made.h / 2 + 1];
    pill(ctx, made.plus, right, middle, { fill: "#FFFFFF", ink: ACCENT, edge: ACCENT });
  }
}

export function drawSign(ctx, made, x, y, { selected, hover }, scale) {
  if (made.group) {
    // Folded leaves: one more sheet behind, so that a fold is no single thing.
    outline(ctx, made.shape, x + 4, y + 4, made.w, made.h);
    ctx.fillStyle = "#D5DAE1";
    ctx.fill();
  }
  if (selected || hover) {
    outline(ctx, made.shape, x, y, made.w, made.h, made.level ? 9 : 5);
    ctx.lineWidth = Math.max(selected ? 3 : 1.5, 1.5 / scale);
    ctx.strokeStyle = ACCENT;
    ctx.stroke();
  }
  if (made.level) ring(ctx, made, x, y, scale);
  body(ctx, made, x, y);
  if (scale < LEGIBLE) return;
  letters(ctx, made, x, y);
}
