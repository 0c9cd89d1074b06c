// Words of the canvas in the chosen language, and the one way in which text enters the page.
let words = {};

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

export const at = (id) => document.getElementById(id);

// What changed, for whoever does not see it.
export function announce(content) { at("live").textContent = content; }
