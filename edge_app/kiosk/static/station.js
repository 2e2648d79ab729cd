// The station: what a student sees from the mat.
import { me, post } from "./api.js";
import { buildBar } from "./bar.js";
import { apply, joints, sentence, suggest, t, toggleLanguage, word } from "./i18n.js";
import { board, connect, latencies_ms, on } from "./live.js";
import { Picture } from "./picture.js";
import { BAD, escaped, FREE_STRIKE, GOOD, NONE } from "./shapes.js";
import * as sound from "./sound.js";

const at = (id) => document.getElementById(id);
const GO_MS = 900;
const FLASH_MS = 350;
let live = {};
let teacher = false;
let going = false;
let online = true;
let counting = null;

function clock(seconds) {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function showCount() {
  const text = String(live.held_s ?? board.count ?? 0); // a hold counts while it lasts
  at("count").textContent = text;
  at("count").classList.toggle("long", text.length > 2);
}

function showVerdict() {
  const last = board.reps?.at(-1);
  const box = at("verdict");
  box.className = `verdict ${last ? (last.counted ? "good" : "bad") : ""}`;
  at("shape").innerHTML = last ? (last.counted ? GOOD : BAD) : NONE;
  if (!last) {
    at("words").textContent = "";
    return;
  }
  const reasons = last.reasons.map((r) => escaped(sentence(r.sentence))).join(" ");
  const head = last.counted ? t("counts") : reasons || t("no count");
  const rest = last.counted ? reasons : `${t("no count")} · ${t("fault number", { n: last.number })}`;
  at("words").innerHTML = `${head}<small>${rest}</small>`;
}

function showClock() {
  const timed = board.time_s !== null && board.time_s !== undefined;
  const left = live.left_s ?? board.time_s;
  at("time").textContent = timed ? clock(left ?? 0) : "";
  const allowed = board.strikes_allowed;
  const used = board.strikes ?? 0;
  at("strikes").innerHTML = allowed && allowed <= 6
    ? `${t("strikes")} ${BAD.repeat(Math.min(used, allowed))}${FREE_STRIKE.repeat(Math.max(0, allowed - used))}`
    : "";
}

function overlayText() {
  const camera = board.camera?.state;
  if (!online) return ["overlay", `${t("page lost")}`];
  if (["stale", "frozen", "gone", "opening"].includes(camera)) {
    return ["overlay", `${t("camera lost")}<small>${t("camera lost hint")}</small>`];
  }
  if (board.phase === "countdown" && counting !== null) return ["overlay huge", String(counting)];
  if (going) return ["overlay huge", t("go")];
  if (board.phase === "paused") return ["overlay", `${t("paused")}<small>${t("paused hint")}</small>`];
  if (board.phase === "settling") return ["overlay foot", t("settling")];
  if (board.phase === "finished") return ["overlay foot", `${t("finished")} · ${t(`ended ${board.why}`)}`];
  const gone = board.missing?.length && ["ready", "waiting"].includes(board.phase);
  if (gone) return ["overlay foot", t("show", { joints: escaped(joints(board.missing)) })];
  if (board.phase === "waiting") return ["overlay foot", t("waiting")];
  if (board.phase === "ready") return ["overlay foot", `${t("ready")} <small>${t("ready hint")}</small>`];
  return null;
}

function showOverlay() {
  const shown = overlayText();
  at("overlay").hidden = !shown;
  if (shown) [at("overlay").className, at("overlay").innerHTML] = shown;
  at("banner").hidden = !board.problem;
  at("banner").textContent = board.problem ?? "";
}

function showActions() {
  const { phase } = board;
  const busy = ["waiting", "countdown", "running", "paused"].includes(phase);
  const start = at("start");
  start.textContent = phase === "finished" ? t("again") : !busy ? t("start")
    : ["waiting", "countdown"].includes(phase) ? t("call off") : t("stop");
  start.className = busy ? "stop" : "main";
  start.disabled = phase === "settling";
  at("pause").hidden = !teacher || !["running", "paused"].includes(phase);
  at("pause").textContent = t(phase === "paused" ? "resume" : "pause");
  at("undo").hidden = !teacher || !board.reps?.length || !["running", "paused", "finished"].includes(phase);
}

function showGauge() {
  const height = (value) => `${Math.min(100, Math.max(0, (value + 0.1) / 1.4 * 100))}%`;
  const known = live.progress !== null && live.progress !== undefined;
  at("level").style.height = known ? height(live.progress) : "0";
  at("level").classList.toggle("over", known && live.progress >= live.reached);
  for (const name of ["reached", "returned"]) {
    const value = live[name];
    at(name).hidden = value === null || value === undefined;
    at(name).style.bottom = height(value ?? 0);
  }
}

function showMute() {
  const button = document.querySelector(".mute");
  if (!button) return;
  button.hidden = false;
  button.textContent = sound.asleep() ? t("sound is off") : `${t("sound")}: ${sound.silent() ? t("off") : t(board.sound ?? "voice")}`;
  button.onclick = () => {
    if (sound.asleep()) sound.wake(); else sound.toggleMute();
    setTimeout(showMute, 150);
  };
}

function showAll() {
  sound.setMode(board.sound ?? "voice");
  at("name").textContent = board.student?.name ?? t("guest");
  at("what").textContent = board.protocol ? word(board.protocol) : `${word(board.exercise ?? "")} · ${t("free practice")}`;
  showCount(); showVerdict(); showClock(); showOverlay(); showActions(); showMute();
}

function flash(kind) {
  at("flash").className = `flash ${kind}`;
  setTimeout(() => { at("flash").className = "flash"; }, FLASH_MS);
}

async function command(name) {
  sound.wake();
  await post(`/api/station/${name}`, undefined);
  setTimeout(showMute, 150);
}

function main() {
  if (board.phase === "settling") return;
  command(["ready", "finished"].includes(board.phase) ? "start" : "stop");
}

const KEYS = {
  " ": main, Enter: main, MediaPlayPause: main, MediaStop: main,
  p: () => command(board.phase === "paused" ? "resume" : "pause"),
  u: () => command("undo"), Backspace: () => command("undo"),
  n: () => location.assign("/class"), MediaTrackNext: () => location.assign("/class"),
  m: () => { sound.toggleMute(); showMute(); },
  l: toggleLanguage,
};

function listen() {
  on("board", (data) => { suggest(data.language); showAll(); });
  on("settled", (data) => { suggest(data.language); showAll(); });
  on("student", showAll);
  on("connection", ({ good }) => { online = good; showOverlay(); });
  on("live", (data) => {
    live = data;
    showClock(); showGauge();
    if (data.held_s !== null) showCount();
  });
  on("missing", showOverlay);
  on("camera", showOverlay);
  on("problem", showOverlay);
  on("countdown", ({ left }) => {
    counting = left || null;
    if (left) sound.tick();
    showOverlay();
  });
  on("beat", () => sound.beat());
  on("phase", ({ phase }) => {
    if (phase === "running" && board.count === 0 && !board.reps.length) {
      going = true;
      sound.go();
      setTimeout(() => { going = false; showOverlay(); }, GO_MS);
    }
    if (phase === "settling" || phase === "finished") sound.end();
    if (phase !== "countdown") counting = null;
    showAll();
  });
  on("rep", ({ rep, count, again }) => {
    if (rep.counted) sound.counted(count); else sound.fault(rep.reasons[0]?.sentence ?? "");
    if (!again) flash(rep.counted ? "good" : "bad");
    showCount(); showVerdict(); showClock(); showActions();
  });
}

async function whoAmI() {
  teacher = (await me()).teacher;
  showActions();
}

at("start").onclick = main;
at("pause").onclick = KEYS.p;
at("undo").onclick = KEYS.u;
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, dialog");
  const pressed = event.target.closest("button, a") && [" ", "Enter"].includes(event.key);
  const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action || typing || pressed || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
});
document.addEventListener("pointerdown", () => { sound.wake(); setTimeout(showMute, 150); });
document.addEventListener("language", showAll);
document.addEventListener("teacher", whoAmI);

await buildBar();
listen();
connect();
whoAmI();
const picture = new Picture(at("picture"));
globalThis.reps = { board, latencies_ms, picture };
apply();
