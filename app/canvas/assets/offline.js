// In the offline page: the signs of the canvas in place of the boxes that pyvis draws.
/* global kept, nodes, edges, network, sign, units, drawSign, drawMarks, drawRing, drawFigures, FONT */
const looks = new Map();
for (const id of nodes.getIds()) {
  const node = kept.nodes[id];
  looks.set(id, sign(node, kept.styles[node.style], kept.levels, kept.letters, false));
}
nodes.update(nodes.getIds().map((id) => ({
  id,
  shape: "custom",
  ctxRenderer({ ctx, x, y, state }) {
    const made = looks.get(id);
    return {
      drawNode() { drawSign(ctx, made, x, y, state, network.getScale()); },
      drawExternalLabel() { drawMarks(ctx, made, x, y, network.getScale()); },
      nodeDimensions: { width: made.w, height: made.h },
    };
  },
})));
network.on("beforeDrawing", (ctx) => {
  for (const ring of kept.rings) {
    const boxes = ring.map((id) => ({ ...network.getPosition(id), ...looks.get(id) }));
    drawRing(ctx, boxes, kept.colour, kept.ring, FONT, network.getScale());
  }
});
const figures = new Map(edges.get().filter((edge) => edge.figure).map((edge) => [edge.id, edge.figure]));
network.on("afterDrawing", (ctx) => drawFigures(ctx, figures, network.body, looks, FONT, units));
network.redraw();
network.fit({ maxZoomLevel: 1.25 });
