// From cells to lines: the border between what is flagged and what is not, along the cells' edges.

// `reached(k)` says whether cell k, row after row, is inside.
const outlinePath = (width, height, reached) => {
  const path = new Path2D();
  const inside = (x, y) => x >= 0 && y >= 0 && x < width && y < height && Boolean(reached(y * width + x));
  for (let y = 0; y <= height; y += 1) {
    let start = -1;
    for (let x = 0; x <= width; x += 1) {
      const edge = x < width && inside(x, y - 1) !== inside(x, y);
      if (edge && start < 0) start = x;
      if (!edge && start >= 0) {
        path.moveTo(start, y);
        path.lineTo(x, y);
        start = -1;
      }
    }
  }
  for (let x = 0; x <= width; x += 1) {
    let start = -1;
    for (let y = 0; y <= height; y += 1) {
      const edge = y < height && inside(x - 1, y) !== inside(x, y);
      if (edge && start < 0) start = y;
      if (!edge && start >= 0) {
        path.moveTo(x, start);
        path.lineTo(x, y);
        start = -1;
      }
    }
  }
  return path;
};

// A path in cells drawn on a canvas of pixels, with a dark edge under its colour.
const strokeOutline = (context, path, { width, height }, colour, thickness, dash = []) => {
  const scaled = new Path2D();
  scaled.addPath(path, new DOMMatrix().scale(context.canvas.width / width, context.canvas.height / height));
  // Between dashes the edge is left out as well, so that a line below is seen.
  context.setLineDash(dash);
  context.lineCap = dash.length ? "butt" : "square";
  context.lineWidth = thickness * 2.2;
  context.strokeStyle = "rgba(0, 0, 0, 0.85)";
  context.stroke(scaled);
  context.lineWidth = thickness;
  context.strokeStyle = colour;
  context.stroke(scaled);
  context.setLineDash([]);
};
