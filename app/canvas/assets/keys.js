// Keys of the canvas: only while it has the focus, and what is handled goes no further.
import { closeMenu, menuKey } from "./menus.js";
import { closeDialog, dialogKey } from "./dialogs.js";
import { listed, listKey } from "./listview.js";
import { stopSelecting } from "./select.js";
import { pathMode, stepPath, togglePaths } from "./paths.js";
import { announce, at } from "./words.js";

let cursor = null;

export function resetKeys() { cursor = null; }

// The neighbour that lies most nearly in the direction of the arrow.
function walk(app, dx, dy) {
  const { model, board } = app;
  const from = cursor && board.nodeSet.get(cursor) ? cursor : app.chosen.nodes[0] || app.data.anchor;
  if (!board.nodeSet.get(from)) return;
  const here = board.network.getPosition(from);
  const near = [...board.around(from).nodes].filter((id) => id !== from && board.nodeSet.get(id));
  const turn = (id) => {
    const there = board.network.getPosition(id);
    const [x, y] = [there.x - here.x, there.y - here.y];
    const length = Math.hypot(x, y) || 1;
    return (x * dx + y * dy) / length - length / 4000;
  };
  const best = near.sort((one, two) => turn(two) - turn(one))[0];
  if (!best) return;
  cursor = best;
  board.shine("hover", board.around(best));
  board.centre(best);
  const node = model.nodes.get(best);
  announce(node ? `${node.name} ${app.data.styles[node.style].title}` : best);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function escape(app) {
  if (closeMenu() || closeDialog() || stopSelecting(app)) return;
  if (!at("filters").hidden) { at("filters").hidden = true; at("canvas").focus({ preventScroll: true }); return; }
  at("card").hidden = true;
  cursor = null;
  app.board.shine("hover", null);
  if (pathMode()) togglePaths(app, false);
  else app.acts.choose([], []);
  app.tools();
}

function withControl(app, letter) {
  if (letter === "z") app.acts.undo();
  else if (letter === "y") app.acts.redo();
  else if (letter === "a") app.acts.choose(app.board.nodeSet.getIds(), []);
  else return false;
  return true;
}

function letterKey(app, letter, shift) {
  const { acts } = app;
  const [node] = app.chosen.nodes;
  const ids = [...app.chosen.nodes, ...app.chosen.edges];
  const plain = {
    f: () => acts.fit(), l: () => acts.labels(), t: () => acts.table(), i: () => acts.ask("panel"), p: () => acts.path(),
    j: () => stepPath(app, 1), k: () => stepPath(app, -1),
    e: () => node && acts.expand(node), g: () => node && acts.fold(node),
    h: () => (shift ? node && acts.only(app.chosen.nodes) : ids.length && acts.hide(ids)),
  }[letter];
  if (!plain) return false;
  plain();
  return true;
}

function special(app, event) {
  const { key } = event;
  const zoom = { "+": 1.25, "=": 1.25, "-": 0.8 }[key];
  if (key === "Escape") escape(app);
  else if (key === "/") at("find").focus({ preventScroll: true });
  else if (key === "?") app.acts.sheet();
  else if (zoom && !listed()) app.board.network.moveTo({ scale: app.board.network.getScale() * zoom });
  else if (ARROWS[key] && !listed()) walk(app, ...ARROWS[key]);
  else if (key === "Enter" && cursor) app.acts.choose([cursor], []);
  else if (key === "ContextMenu" || (event.shiftKey && key === "F10")) {
    const [node] = app.chosen.nodes;
    const [edge] = app.chosen.edges;
    const spot = node && app.board.nodeSet.get(node) ? app.board.point(node) : { x: 40, y: 40 };
    const box = at("canvas").getBoundingClientRect();
    app.acts.menu(node ? "node" : edge ? "edge" : "ground", node || edge, spot.x + box.left, spot.y + box.top);
  } else return false;
  return true;
}

export function listenKeys(app, root) {
  root.addEventListener("keydown", (event) => {
    const taken = (answer) => {
      if (answer === true) { event.preventDefault(); event.stopPropagation(); }
      return Boolean(answer);
    };
    if (taken(menuKey(event)) || taken(dialogKey(event))) return;
    const typing = event.target.closest("input, textarea, select");
    if (typing) {
      // Letters typed here are no keys of the page around.
      event.stopPropagation();
      if (event.key === "Escape") taken((escape(app), true));
      return;
    }
    if (taken(listKey(app, event))) return;
    // Tab leaves; R and C belong to the page around; a button keeps its own Enter and space.
    if (event.target.closest("button") && ["Enter", " "].includes(event.key)) return;
    if (event.altKey || event.key === "Tab") return;
    const letter = event.key.length === 1 ? event.key.toLowerCase() : "";
    if (event.ctrlKey || event.metaKey) { taken(withControl(app, letter)); return; }
    taken(letterKey(app, letter, event.shiftKey) || special(app, event));
  });
}
