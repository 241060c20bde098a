"use strict";
// Draws the plots of a report: one shared time axis, bounds under the signals, events and worst instants over them.
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = name => getComputedStyle(root).getPropertyValue(name).trim();
  const theme = printing => root.classList.toggle("dark", dark.matches && !printing);
  const FONT = '12px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
  const STACK = 1.5;  // distance of two on/off traces
  const LEFT = 62;
  const digits = value => value == null ? "–" : String(+value.toPrecision(7)).replace("-", "−");
  const all = [];

  function zoom(min, max) {
    for (const u of all)
      if (u.scales.x.min !== min || u.scales.x.max !== max) u.setScale("x", { min, max });
  }
  const reset = () => zoom(data.t[0], data.t[data.t.length - 1]);

  // The y range: the data in view, and those bounds that do not squash it.
  function range(plot) {
    if (plot.logic) return () => [-0.25, plot.series.length * STACK];
    return (u, low, high) => {
      if (low == null) return [0, 1];
      const span = high - low || Math.abs(high) * 0.02 || 1;
      let [from, to] = [low, high];
      for (const bound of plot.bounds)
        for (const limit of [bound.low, bound.high])
          if (limit != null && limit >= low - 2 * span && limit <= high + 2 * span)
            [from, to] = [Math.min(from, limit), Math.max(to, limit)];
      const pad = (to - from || span) * 0.08;
      return [from - pad, to + pad];
    };
  }

  function clipped(u, draw) {
    const { ctx, bbox: { left, top, width, height } } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    draw(ctx, devicePixelRatio);
    ctx.restore();
  }

  function text(ctx, ratio, words, x, y, paint) {
    ctx.font = FONT.replace("12px", `${11 * ratio}px`);
    ctx.lineJoin = "round";
    ctx.setLineDash([]);
    ctx.lineWidth = 3 * ratio;
    ctx.strokeStyle = colour("--paper");
    ctx.strokeText(words, x, y);
    ctx.fillStyle = paint;
    ctx.fillText(words, x, y);
  }

  // A limit is a dashed line over its window with the forbidden side shaded.
  function limits(plot) {
    return u => clipped(u, (ctx, ratio) => {
      for (const bound of plot.bounds) {
        const [from, to] = bound.window || [u.scales.x.min, u.scales.x.max];
        const left = Math.max(u.valToPos(from, "x", true), u.bbox.left);
        const right = Math.min(u.valToPos(to, "x", true), u.bbox.left + u.bbox.width);
        if (right <= left) continue;
        for (const [limit, up, sign] of [[bound.high, true, "≤"], [bound.low, false, "≥"]]) {
          if (limit == null || plot.logic) continue;
          const y = u.valToPos(limit, "y", true);
          const strip = 14 * ratio * (up ? -1 : 1);
          const paint = colour("--limit");
          ctx.globalAlpha = 0.13;
          ctx.fillStyle = paint;
          ctx.fillRect(left, y, right - left, strip);
          ctx.globalAlpha = 1;
          ctx.strokeStyle = paint;
          ctx.lineWidth = ratio;
          ctx.setLineDash([6 * ratio, 3 * ratio]);
          ctx.beginPath();
          ctx.moveTo(left, y);
          ctx.lineTo(right, y);
          ctx.stroke();
          ctx.textAlign = "right";
          ctx.textBaseline = up ? "bottom" : "top";
          text(ctx, ratio, `${bound.id} ${sign} ${digits(limit)}`, right - 5 * ratio, y - ratio * (up ? 1 : -2), paint);
        }
      }
    });
  }

  function marks(plot) {
    return u => clipped(u, (ctx, ratio) => {
      const { top, height } = u.bbox;
      let last = -Infinity;
      data.events.forEach((t, i) => {
        const x = Math.round(u.valToPos(t, "x", true)) + 0.5;
        ctx.setLineDash([2 * ratio, 3 * ratio]);
        ctx.strokeStyle = colour("--event");
        ctx.lineWidth = ratio;
        ctx.beginPath();
        ctx.moveTo(x, top);
        ctx.lineTo(x, top + height);
        ctx.stroke();
        if (x - last < 14 * ratio) return;
        ctx.textAlign = "left";
        ctx.textBaseline = "top";
        text(ctx, ratio, String(i + 1), x + 3 * ratio, top + 2 * ratio, colour("--event"));
        last = x;
      });
      for (const bound of plot.bounds) {
        if (bound.at == null || bound.value == null || plot.logic) continue;
        ctx.setLineDash([]);
        ctx.lineWidth = 2 * ratio;
        ctx.strokeStyle = colour("--" + bound.verdict);
        ctx.beginPath();
        ctx.arc(u.valToPos(bound.at, "x", true), u.valToPos(bound.value, "y", true), 5 * ratio, 0, 2 * Math.PI);
        ctx.stroke();
      }
      if (plot.logic)
        plot.series.forEach((s, i) => {
          ctx.textAlign = "left";
          ctx.textBaseline = "middle";
          const y = u.valToPos(level(plot, i) + 0.5, "y", true);
          text(ctx, ratio, s.name, u.bbox.left + 6 * ratio, y, colour(`--s${i % 6}`));
        });
    });
  }

  const level = (plot, i) => (plot.series.length - 1 - i) * STACK;
  const lifted = (plot, s, i) => plot.logic ? s.y.map(v => v == null ? v : v + level(plot, i)) : s.y;

  function options(plot, width) {
    const axis = { stroke: () => colour("--soft"), font: FONT, grid: { stroke: () => colour("--grid"), width: 1 }, ticks: { stroke: () => colour("--line"), width: 1 } };
    const numbers = (u, splits) => splits.map(v => v == null ? "" : String(+v.toPrecision(10)).replace("-", "−"));
    const stepped = uPlot.paths.stepped({ align: 1 });
    return {
      width, height: plot.logic ? 52 + 30 * plot.series.length : plot.bounds.length ? 280 : plot.unit ? 200 : 150,
      padding: [8, 20, 0, 0],
      scales: { x: { time: false }, y: { range: range(plot) } },
      axes: [
        { ...axis, values: numbers },
        { ...axis, size: LEFT, values: plot.logic ? () => [] : numbers, grid: { ...axis.grid, show: !plot.logic }, ticks: { ...axis.ticks, show: !plot.logic } },
      ],
      series: [
        { label: "t [s]", value: (u, v) => digits(v) },
        ...plot.series.map((s, i) => ({
          label: s.name, stroke: () => colour(`--s${i % 6}`), width: 1.4, points: { show: data.t.length < 40 },
          paths: s.step ? stepped : undefined,
          value: (u, v) => digits(plot.logic && v != null ? v - level(plot, i) : v),
        })),
      ],
      cursor: {
        y: false,
        drag: { x: true, y: false, dist: 4 },
        sync: { key: "t", setSeries: false, filters: { pub: type => type === "mousemove" || type === "mouseleave" } },
        bind: { dblclick: () => () => { reset(); return null; } },
      },
      hooks: { setScale: [(u, key) => { if (key === "x" && u.status) zoom(u.scales.x.min, u.scales.x.max); }], drawAxes: [limits(plot)], draw: [marks(plot)] },
    };
  }

  const figure = i => document.getElementById(`plot${i}`);
  const fit = width => all.forEach((u, i) => {
    const wanted = width || Math.floor(figure(i).clientWidth);
    if (wanted && wanted !== u.width) u.setSize({ width: wanted, height: u.height });
  });
  const redraw = printing => { theme(printing); all.forEach(u => u.redraw(false)); };

  function start() {
    theme(false);
    if (data.t.length)
      data.plots.forEach((plot, i) => {
        const series = plot.series.map((s, k) => lifted(plot, s, k));
        all.push(new uPlot(options(plot, figure(i).clientWidth), [data.t, ...series], figure(i)));
      });
    document.getElementById("reset")?.addEventListener("click", reset);
    for (const button of document.querySelectorAll("button[data-window]"))
      button.addEventListener("click", () => {
        const [from, to] = JSON.parse(button.dataset.window);
        const i = data.plots.findIndex(plot => plot.series.some(s => s.name === button.dataset.signal));
        zoom(from - (to - from) * 0.05, to + (to - from) * 0.05);
        figure(i)?.scrollIntoView({ block: "start" });
      });
    addEventListener("resize", () => fit());
    dark.addEventListener("change", () => redraw(false));
    addEventListener("beforeprint", () => { fit(680); redraw(true); });
    addEventListener("afterprint", () => { fit(); redraw(false); });
    root.dataset.plots = String(all.length);
  }
  start();
})();
