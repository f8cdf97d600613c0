/* Draws every <figure data-chart> with Plotly. The server's drawing stays until Plotly has succeeded, so the
   page is complete without this file. Nothing is animated, which also suits readers who ask for reduced motion. Load it before vendor/plotly.min.js, both with "defer". */
(function () {
  "use strict";

  // The map library inside Plotly adds a style element when it loads, which our policy refuses (we draw no
  // maps). It looks for its own id first: an empty element of that id keeps it quiet. A test compares the id.
  const MAP_STYLE_ID = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";
  if (!document.getElementById(MAP_STYLE_ID)) {
    const marker = document.createElement("meta");
    marker.id = MAP_STYLE_ID;
    document.head.append(marker);
  }

  const NARROW = 560;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  /* "var(--c-cost)" to the colour that shows where the chart stands, whatever theme is on. */
  function painter(host) {
    const probe = document.createElement("span");
    probe.hidden = true;
    host.append(probe);
    const known = new Map();
    return {
      colour(name) {
        if (!known.has(name)) {
          probe.style.color = name;
          known.set(name, window.getComputedStyle(probe).color);
        }
        return known.get(name);
      },
      done() { probe.remove(); },
    };
  }

  function painted(value, paint) {
    if (typeof value === "string") {
      return /^var\(--[\w-]+\)$/.test(value) ? paint.colour(value) : value;
    }
    if (Array.isArray(value)) {
      return value.map((entry) => painted(entry, paint));
    }
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, painted(entry, paint)]));
    }
    return value;
  }

  /* Bubbles are see-through: "rgb(1, 2, 3)" with an opacity of its own. */
  function thinned(traces) {
    for (const trace of traces) {
      const share = trace.meta && trace.meta.fill_share;
      if (share) {
        trace.marker.color = trace.marker.color.map((colour) =>
          colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${share})`));
      }
    }
  }

  /* On a phone the name and the figure of a row stand above its bar, so that the bar has the whole width. */
  function stacked(data, layout) {
    const notes = layout.annotations.filter((note) => note.name === "note");
    const lines = Math.max(1, ...notes.map((note) => note.text.split("<br>").length));
    const marked = data.some((trace) => trace.mode === "markers+text");
    const row = 34 + 15 * lines + (marked ? 18 : 0);
    const rows = layout.meta.names.length;
    const above = { yanchor: "bottom", yshift: 12 };
    for (const note of notes) { Object.assign(note, above, { xshift: 0 }); }
    layout.meta.names.forEach((name, index) => layout.annotations.push(Object.assign(
      { xref: "paper", x: 0, xanchor: "left", yref: "y", y: index, showarrow: false, text: name, align: "left",
        font: { color: layout.font.color } }, above)));
    for (const trace of data) {
      if (trace.type === "bar") { trace.width = Math.min(trace.width, 1) * 36 / row; }
      if (trace.mode === "markers+text") { trace.textposition = "bottom center"; }
    }
    layout.yaxis.showticklabels = false;
    layout.yaxis.ticks = "";
    layout.yaxis.range = [rows - 0.4, -0.5 - (15 * lines - 10) / row];
    layout.margin.r = 10;
    layout.height = layout.margin.t + row * rows + 20;
  }

  function fitted(data, layout, host) {
    layout.font.family = window.getComputedStyle(host).fontFamily;
    layout.width = host.clientWidth;
    if (host.clientWidth >= NARROW) { return; }
    const entries = [...data, ...layout.shapes].filter((item) => item.showlegend).length;
    const extra = Math.max(0, 18 * entries - 30); // the legend stands as a list
    layout.margin.t += extra;
    layout.height += extra;
    if (layout.meta.by_row) {
      stacked(data, layout);
    } else {
      layout.annotations.forEach((name, index) => { name.yshift = -14 * index; });
    }
  }

  /* On a phone bubbles stand so close that their labels cover each other: the first keeps its label, and every
     bubble still names itself when it is touched, and in the table. */
  function thinLabels(plot) {
    const kept = [];
    for (const label of plot.querySelectorAll(".scatterlayer .text text")) {
      const box = label.getBoundingClientRect();
      const covers = (other) => box.left < other.right && other.left < box.right
        && box.top < other.bottom && other.top < box.bottom;
      if (kept.some(covers)) { label.setAttribute("visibility", "hidden"); } else { kept.push(box); }
    }
  }

  async function draw(figure) {
    const block = document.getElementById(figure.dataset.chart);
    const plot = figure.querySelector("[data-chart-plot]");
    const fallback = figure.querySelector("[data-chart-fallback]");
    if (!block || !plot || !window.Plotly || !figure.isConnected) { return; }
    const paint = painter(figure);
    const drawing = painted(JSON.parse(block.textContent), paint);
    paint.done();
    const config = Object.assign({}, drawing.config, { responsive: false });
    plot.hidden = false;
    try {
      thinned(drawing.data);
      fitted(drawing.data, drawing.layout, figure);
      await window.Plotly.react(plot, drawing.data, drawing.layout, config);
      fallback.hidden = true;
      if (figure.clientWidth < NARROW && !drawing.layout.meta.by_row) { thinLabels(plot); }
      figure.dataset.drawn = String(figure.clientWidth);
    } catch (fault) {
      plot.hidden = true;
      fallback.hidden = false;
      console.error("The chart could not be drawn; the picture from the server stays.", fault);
    }
  }

  function figures(root) {
    const inside = Array.from(root.querySelectorAll("figure[data-chart]"));
    return root.matches && root.matches("figure[data-chart]") ? [root, ...inside] : inside;
  }

  const seen = new WeakSet();
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (!target.isConnected) { sizes.unobserve(target); }
      if (target.dataset.drawn && target.dataset.drawn !== String(target.clientWidth)) { draw(target); }
    }
  });

  function drawAll(root) {
    for (const figure of figures(root)) {
      if (!seen.has(figure)) {
        seen.add(figure);
        sizes.observe(figure);
      }
      draw(figure);
    }
  }

  function redrawAll() { drawAll(document); }

  dark.addEventListener("change", redrawAll);
  new MutationObserver(redrawAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  document.addEventListener("htmx:afterSwap", (event) => drawAll(event.target));
  document.addEventListener("htmx:oobAfterSwap", (event) => drawAll(event.target));
  document.addEventListener("DOMContentLoaded", redrawAll); // deferred scripts, Plotly among them, ran before
})();
