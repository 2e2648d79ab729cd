// The station page, which students see from the mats.
import { me, post } from "./api.js";
import { buildBar } from "./bar.js";
import { apply, sentence, suggest, t, toggleLanguage } from "./i18n.js";
import { pageState, connect, latencies_ms, on } from "./live.js";
import { MatPanel } from "./mat.js";
import { Pictures, Poses } from "./picture.js";
import * as sound from "./sound.js";

const page = document.getElementById("page");
page.innerHTML = '<div class="banner bad" id="banner" role="alert" hidden></div><div class="hall" id="hall"></div><div class="flash" id="flash"></div>';
const at = (id) => document.getElementById(id);
const GO_MS = 900;
const FLASH_MS = 350;
const REFUSED_MS = 6000;
const NO_PICTURES_MS = 200;
let panels = [];
let lives = []; // newest live values, not shown yet
let drawn_ms = 0; // time of the last picture
let teacher = false;
let judged; // the mat of the last verdict, to which undo applies

/** Makes one panel per mat. */
function lay() {
  if (panels.length !== pageState.mats.length) {
    judged = undefined;
    panels = pageState.mats.map((_, i) => new MatPanel(i + 1, act));
    at("hall").replaceChildren(...panels.map((panel) => panel.root));
    at("hall").classList.toggle("many", panels.length > 1);
  }
  for (const panel of panels) panel.teacher = teacher;
}

function showAll() {
  lay();
  sound.setMode(pageState.sound ?? "voice", pageState.mats.length);
  for (const panel of panels) panel.showAll();
  showBanner();
  showMute();
}

function showBanner(text = pageState.problem) {
  at("banner").hidden = !text;
  at("banner").textContent = sentence(text ?? "");
}

function showMute() {
  const button = document.querySelector(".mute");
  if (!button) return;
  button.hidden = false;
  button.textContent = sound.asleep() ? t("sound is off") : `${t("sound")}: ${sound.silent() ? t("off") : t(pageState.sound ?? "voice")}`;
  button.onclick = () => {
    if (sound.asleep()) sound.wake(); else sound.toggleMute();
    setTimeout(showMute, 150);
  };
}

function flash(kind, mat) {
  at("flash").className = `flash ${kind} ${panels.length > 1 ? `side-${mat}` : ""}`;
  setTimeout(() => { at("flash").className = "flash"; }, FLASH_MS);
}

async function act(name, mat) {
  if (!name) return;
  sound.wake();
  try {
    await post(`/api/station/${name}${mat ? `?mat=${mat}` : ""}`);
  } catch (error) {
    showBanner(error.message);
    setTimeout(showBanner, REFUSED_MS);
  }
  setTimeout(showMute, 150);
}

/** Updates gauges and clocks with the picture, which saves frames to draw. */
function showLive() {
  lives.forEach((live, n) => panels[n]?.setLive(live));
  lives = [];
}

/** Starts or stops all mats, or one of them. */
function main(number) {
  const meant = number ? panels.slice(number - 1, number) : panels;
  const commands = meant.map((panel) => panel.mainCommand());
  const name = commands.includes("stop") ? "stop" : commands.includes("start") ? "start" : "";
  act(name, number);
}

/** Undoes the last verdict, on its own mat only. */
const undo = () => { if (judged || panels.length === 1) act("undo", judged); };
const running = () => pageState.mats.some((mat) => mat.phase === "running");
const KEYS = {
  " ": () => main(), Enter: () => main(), MediaPlayPause: () => main(), MediaStop: () => main(),
  1: () => main(1), 2: () => main(2),
  p: () => act(running() ? "pause" : "resume"),
  u: undo, Backspace: undo,
  n: () => location.assign("/class"), MediaTrackNext: () => location.assign("/class"),
  m: () => { sound.toggleMute(); showMute(); },
  l: toggleLanguage,
};

function listen() {
  const panel = (data) => panels[data.mat - 1];
  const overlays = () => { for (const one of panels) one.showOverlay(); };
  on("board", (data) => { suggest(data.language); showAll(); });
  on("settled", (data) => { suggest(data.language); showAll(); });
  on("student", showAll);
  on("connection", ({ good }) => { for (const one of panels) one.online = good; overlays(); });
  on("live", ({ i, mats }) => {
    poses.add(i, mats.map((live) => live.pose));
    lives = mats;
    if (performance.now() - drawn_ms > NO_PICTURES_MS) showLive();
  });
  on("missing", (data) => panel(data)?.showOverlay());
  on("camera", overlays);
  on("problem", () => showBanner());
  on("countdown", (data) => {
    if (!panel(data)) return;
    panel(data).counting = data.left || null;
    if (data.left) sound.tick(data.mat);
    panel(data).showOverlay();
  });
  on("beat", ({ mat }) => sound.beat(mat));
  on("phase", (data) => {
    const one = panel(data);
    if (!one) return;
    if (data.phase === "running" && one.mat.count === 0 && !one.mat.reps.length) {
      one.going = true;
      sound.go(data.mat);
      setTimeout(() => { one.going = false; one.showOverlay(); }, GO_MS);
    }
    if (data.phase === "settling" || data.phase === "finished") sound.end(data.mat);
    if (data.phase !== "countdown") one.counting = null;
    one.showAll();
  });
  on("rep", (data) => {
    const { mat, rep, count, again } = data;
    judged = mat;
    const other = rep.reasons[0]?.code === "other_movement"; // no attempt at all: shown, but quietly
    if (rep.counted) sound.counted(count, mat); else if (!other) sound.fault(rep.reasons[0]?.sentence ?? "", mat);
    if (!again && !other) flash(rep.counted ? "good" : "bad", mat);
    const one = panel(data);
    if (one) { one.showCount(); one.showVerdict(); one.showClock(); one.showActions(); }
  });
}

async function whoAmI() {
  teacher = (await me()).teacher;
  lay();
  for (const panel of panels) panel.showActions();
}

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
const poses = new Poses();
const pictures = new Pictures((image, index) => {
  for (const panel of panels) panel.draw(image, poses.at(index, panel.number - 1));
  drawn_ms = performance.now();
  showLive();
}, poses);
globalThis.reps = { pageState, latencies_ms, pictures };
apply();
