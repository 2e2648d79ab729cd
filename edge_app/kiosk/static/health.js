// The health page: whether somebody must act, and the figures behind it.
import { get } from "./api.js";
import { buildBar } from "./bar.js";
import { apply, sentence, t } from "./i18n.js";
import { connect, latencies_ms } from "./live.js";
import { BAD, escaped, GOOD } from "./shapes.js";

const page = document.getElementById("page");
const EVERY_MS = 1000;

function duration(seconds) {
  const hours = Math.floor(seconds / 3600);
  return `${hours}:${String(Math.floor(seconds / 60) % 60).padStart(2, "0")} h`;
}

function p95(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.ceil(0.95 * sorted.length) - 1].toFixed(0) : "–";
}

function show(health) {
  const camera = health.camera;
  const figures = [
    ["camera", t(`state ${camera.state}`)], ["frames a second", camera.fps.toFixed(0)],
    ["dropped", `${camera.frames ? Math.round(100 * camera.dropped / camera.frames) : 0} %`],
    ["opened", camera.opened], ["a frame takes", health.loop_ms.toFixed(0)],
    ["latency", p95(latencies_ms)], ["watching", health.watchers], ["waiting rows", health.waiting_rows],
    ["disk", (health.disk_free_mb / 1000).toFixed(1)], ["memory", health.memory_mb.toFixed(0)],
    ["temperature", health.hottest_c?.toFixed(0) ?? "–"], ["uptime", duration(health.uptime_s)],
    ["clock", t(health.clock.trusted ? "clock trusted" : "clock not trusted")],
  ];
  const stages = Object.entries(health.stages_ms);
  const longest = Math.max(1, ...stages.map(([, ms]) => ms));
  page.innerHTML = `<p class="banner ${health.good ? "good" : "bad"}">${health.good ? GOOD : BAD}
      <span>${health.good ? t("all good") : `${t("needs care")}: ${health.problems.map((p) => escaped(sentence(p))).join("; ")}`}</span></p>
    <div class="figures">${figures.map(([key, value]) => `<div class="card"><span class="soft">${t(key)}</span><b>${escaped(value)}</b></div>`).join("")}</div>
    ${health.clock.trusted ? "" : `<p class="soft">${t("clock hint")}</p>`}
    <section class="card" style="margin-top:16px"><h2>${t("where time goes")}</h2><div class="bars">${stages.map(([name, ms]) =>
    `<span>${t(name)}</span><i style="width:${100 * ms / longest}%"></i><span>${ms.toFixed(1)}</span>`).join("")}</div>
    <p class="soft" style="margin:14px 0 0">${t("version")} ${escaped(health.version)} · ${escaped(health.model)}</p></section>`;
}

async function refresh() {
  try { show(await get("/api/health")); } catch {
    const banner = page.querySelector(".banner"); // its last text may no longer be true
    if (banner) {
      banner.className = "banner bad";
      banner.innerHTML = `${BAD}<span>${t("page lost")}</span>`;
    }
  }
  setTimeout(refresh, EVERY_MS);
}

await buildBar();
connect();
apply();
refresh();
