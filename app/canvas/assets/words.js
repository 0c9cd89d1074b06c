// Words of the canvas in the chosen language, and the one way in which text enters the page.
let words = {};
let root = null;

// All of the canvas lies in one shadow root: the page around has its own ids and styles.
export function mount(shadow) { root = shadow; }

export function speak(texts) { words = texts; }

// Places in braces are filled in; a missing text shows its key, which a test would notice.
export function t(key, values = {}) {
  return (words[key] || key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// Names come from files of others: they are set as text, never as markup.
export function make(kind, classes, content, parent) {
  const made = document.createElement(kind);
  if (classes) made.className = classes;
  if (content !== undefined) made.textContent = content;
  if (parent) parent.append(made);
  return made;
}

export function button(parent, content, run, { why = "", classes = "", name = "" } = {}) {
  const made = make("button", classes, content, parent);
  made.type = "button";
  made.disabled = Boolean(why);
  if (why) made.title = why;
  if (name) made.dataset.action = name;
  made.addEventListener("click", run);
  return made;
}

export const at = (id) => root.getElementById(id);

// What has the focus: of the page around only the whole canvas would be known.
export const focused = () => root.activeElement;

// What changed, for whoever does not see it.
export function announce(content) { at("live").textContent = content; }

// Puts a floating box at a point of the window and keeps all of it inside. A page around may hold
// what is fixed elsewhere than in the window: where the box came to lie is measured.
export function float(box, x, y) {
  Object.assign(box.style, { left: "0", top: "0" });
  const from = box.getBoundingClientRect();
  const inside = (at, size, room) => Math.max(4, Math.min(at, room - size - 6));
  box.style.left = `${inside(x, from.width, window.innerWidth) - from.left}px`;
  box.style.top = `${inside(y, from.height, window.innerHeight) - from.top}px`;
}
