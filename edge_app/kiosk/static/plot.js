// Small plots as SVG: a curve over time with marks, and results over days.
const W = 760;
const H = 240;
const PAD = { left: 62, right: 16, top: 14, bottom: 30 };

function scale(from, to, low, high) {
  const span = to - from || 1;
  return (value) => low + (value - from) / span * (high - low);
}

function ticks(low, high, about) {
  const raw = (high - low) / about || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw);
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.floor((high - first) / step + 1.0001) }, (_, i) => first + i * step);
}

const frame = (inside) => `<svg class="plot" viewBox="0 0 ${W} ${H}" role="img">${inside}</svg>`;

/**
 * A signal over seconds. Lines are [value, label]; spans are {from, to, good} and are shaded.
 * Gaps (null) break the curve.
 */
export function curve(times, values, lines, spans) {
  const seen = values.filter((v) => v !== null);
  const low = Math.min(0, ...seen, ...lines.map(([v]) => v)) - 0.05;
  const high = Math.max(1, ...seen) + 0.05;
  const x = scale(times[0], times.at(-1), PAD.left, W - PAD.right);
  const y = scale(low, high, H - PAD.bottom, PAD.top);
  const shades = spans.map(({ from, to, good, label }) => `<rect x="${x(from)}" y="${PAD.top}"
    width="${Math.max(1, x(to) - x(from))}" height="${H - PAD.top - PAD.bottom}"
    fill="var(--${good ? "good" : "bad"}-ground)"/><text x="${x((from + to) / 2)}" y="${PAD.top + 14}"
    text-anchor="middle" style="fill:var(--${good ? "good" : "bad"});font-weight:700">${label}</text>`);
  const grid = ticks(times[0], times.at(-1), 8).map((s) =>
    `<text x="${x(s)}" y="${H - 10}" text-anchor="middle">${Math.round(s * 10) / 10} s</text>`);
  const levels = lines.map(([v, label]) => `<line x1="${PAD.left}" x2="${W - PAD.right}" y1="${y(v)}" y2="${y(v)}"
    stroke="var(--soft)" stroke-dasharray="5 5"/><text x="${PAD.left - 6}" y="${y(v) + 4}" text-anchor="end">${label}</text>`);
  let path = "";
  let pen = "M";
  values.forEach((v, i) => {
    if (v === null) { pen = "M"; return; }
    path += `${pen}${x(times[i]).toFixed(1)} ${y(v).toFixed(1)}`;
    pen = "L";
  });
  return frame(`${shades.join("")}${levels.join("")}${grid.join("")}
    <path d="${path}" fill="none" stroke="var(--accent)" stroke-width="2.5" stroke-linejoin="round"/>`);
}

/** Results over time: points are {time (ms), value, label}. */
export function history(points) {
  const times = points.map((p) => p.time);
  const top = Math.max(5, ...points.map((p) => p.value));
  const x = scale(Math.min(...times), Math.max(...times), PAD.left + 20, W - PAD.right - 30);
  const y = scale(0, top * 1.1, H - PAD.bottom, PAD.top);
  const place = (p) => (points.length > 1 ? x(p.time) : W / 2);
  const levels = ticks(0, top, 4).map((v) => `<line x1="${PAD.left}" x2="${W - PAD.right}" y1="${y(v)}" y2="${y(v)}"
    stroke="var(--line)"/><text x="${PAD.left - 8}" y="${y(v) + 4}" text-anchor="end">${v}</text>`);
  const path = points.map((p, i) => `${i ? "L" : "M"}${place(p)} ${y(p.value)}`).join("");
  const dots = points.map((p) => `<circle cx="${place(p)}" cy="${y(p.value)}" r="6" fill="var(--accent)"/>
    <text x="${place(p)}" y="${y(p.value) - 12}" text-anchor="middle" style="font-weight:700;fill:var(--ink)">${p.value}</text>`);
  const ends = [points[0], points.at(-1)].filter((p, i) => i === 0 || points.length > 1);
  const dates = ends.map((p) => `<text x="${place(p)}" y="${H - 8}" text-anchor="middle">${p.label}</text>`);
  return frame(`${levels.join("")}<path d="${path}" fill="none" stroke="var(--accent)" stroke-width="2"/>${dots.join("")}${dates.join("")}`);
}
