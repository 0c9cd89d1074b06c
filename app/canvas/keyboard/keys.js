// Keys of the review page: each press is one message about the pair that is on the screen.
const kept = new WeakMap();
// A lost answer must not leave the keys dead.
const PATIENCE_MS = 8000;
const KEYS = { 1: "same", 2: "different", 3: "unsure" };
const ACTIONS = { Enter: "save", u: "undo", j: "next", k: "previous" };

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox]");
}

export default function (component) {
  const { data, setTriggerValue, parentElement } = component;
  const state = kept.get(parentElement) || { choice: null, given: null, pair: null, revision: null, busy: 0 };
  kept.set(parentElement, state);
  if (state.revision !== data.revision || state.pair !== data.pair) {
    Object.assign(state, { revision: data.revision, busy: 0, pair: data.pair, choice: data.choice });
  }
  // The radio beside the keys, or another language, may have changed the choice.
  if (state.given !== data.choice) Object.assign(state, { given: data.choice, choice: data.choice });
  const root = parentElement.querySelector(".keys");
  const say = (name) => {
    if (state.busy > Date.now() && name !== "choose") return;
    if (name !== "choose") state.busy = Date.now() + PATIENCE_MS;
    setTriggerValue("pressed", { seq: Date.now(), name, pair: state.pair, decision: state.choice });
    draw();
  };
  const choose = (decision) => {
    if (state.busy > Date.now() || data.refused.includes(decision)) return;
    state.choice = decision;
    say("choose");
  };
  const act = (name) => {
    if (name === "save" && !state.choice) return;
    say(name);
  };

  function button(key, words, run, enabled, pressed) {
    const made = document.createElement("button");
    const hint = document.createElement("kbd");
    hint.textContent = key;
    made.append(hint, words);
    made.type = "button";
    made.disabled = !enabled;
    if (pressed !== undefined) made.setAttribute("aria-pressed", String(pressed));
    made.addEventListener("click", run);
    root.append(made);
  }

  function draw() {
    root.replaceChildren();
    const idle = state.busy <= Date.now();
    for (const [key, decision] of Object.entries(KEYS)) {
      const enabled = idle && data.pair !== null && !data.refused.includes(decision);
      button(key, data.texts[decision], () => choose(decision), enabled, state.choice === decision);
    }
    button("Enter", idle ? data.texts.save : data.texts.saving, () => act("save"), idle && state.choice !== null);
    button("U", data.texts.undo, () => act("undo"), idle && data.undo);
    button("K", data.texts.previous, () => act("previous"), idle && data.pair !== null);
    button("J", data.texts.next, () => act("next"), idle && data.pair !== null);
  }

  function press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.target instanceof Element)) return;
    if (typing(event.target)) {
      // Out of a field and back to the keys.
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const name = ACTIONS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const decision = KEYS[event.key];
    if (!name && !decision) return;
    if (event.key === "Enter" && event.target.closest("button, a, summary, [role=tab]")) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) decision ? choose(decision) : act(name);
  }

  draw();
  document.addEventListener("keydown", press, true);
  return () => document.removeEventListener("keydown", press, true);
}
