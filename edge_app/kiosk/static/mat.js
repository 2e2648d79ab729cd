// One mat on the station page: picture, count, verdict, clock, gauge and buttons.
import { joints, sentence, t, word } from "./i18n.js";
import { pageState } from "./live.js";
import { View } from "./picture.js";
import { BAD, escaped, FREE_STRIKE, GOOD, NONE } from "./shapes.js";

const BUSY = ["waiting", "countdown", "running", "paused"];
const MARKUP = `
<section class="left">
  <div class="picture"><canvas role="img" aria-label="camera"></canvas>
    <div class="gauge" aria-hidden="true"><div class="trough"><div class="level"></div></div>
      <div class="line reached"></div><div class="line lower returned"></div></div>
    <div class="recording" hidden></div><div class="overlay" hidden></div>
  </div>
  <div class="verdict"><span class="shape"></span><div class="words"></div></div>
</section>
<section class="right">
  <div class="who"><div class="name"></div><div class="what"></div></div>
  <div class="count" role="status" aria-live="polite">0</div>
  <div class="clock"><div class="time"></div><div class="strikes"></div></div>
  <div class="actions"><button class="start main"></button><button class="pause" hidden></button>
    <button class="undo" hidden></button></div>
</section>`;

function clock(seconds) {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export class MatPanel {
  /** `number` from 1; `act(command, number)` sends a command for this mat. */
  constructor(number, act) {
    this.number = number;
    this.live = {};
    this.counting = null;
    this.going = this.teacher = false;
    this.online = true;
    this.root = document.createElement("section");
    this.root.className = "mat";
    this.root.innerHTML = MARKUP;
    this.said = new Map();
    this.view = new View(this.root.querySelector("canvas"));
    this.at("start").onclick = () => act(this.mainCommand(), number);
    this.at("pause").onclick = () => act(this.mat.phase === "paused" ? "resume" : "pause", number);
    this.at("undo").onclick = () => act("undo", number);
  }

  at(name) { return this.root.querySelector(`.${name}`); }

  /** Writes only changes: most frames change nothing, and need no new layout. */
  put(name, html, property = "innerHTML") {
    const key = `${name} ${property}`;
    if (this.said.get(key) === html) return;
    this.said.set(key, html);
    this.at(name)[property] = html;
  }

  get mat() { return pageState.mats[this.number - 1] ?? { phase: "ready", reps: [] }; }

  mainCommand() {
    const { phase } = this.mat;
    return phase === "settling" ? "" : ["ready", "finished"].includes(phase) ? "start" : "stop";
  }

  draw(image, pose) {
    const several = pageState.mats.length > 1;
    this.view.draw(image, pose, several ? pageState.zones[this.number - 1] : undefined);
  }

  setLive(live) {
    const before = this.live.held_s;
    this.live = live;
    this.showClock();
    this.showGauge();
    if (live.held_s !== before) this.showCount(); // also when a hold ends: its score may differ
  }

  showAll() {
    const several = pageState.mats.length > 1 ? `${t("mat", { n: this.number })} · ` : "";
    this.put("name", several + (this.mat.student?.name ?? t("guest")), "textContent");
    this.put("what", pageState.protocol ? word(pageState.protocol) : `${word(pageState.exercise ?? "")} · ${t("free practice")}`, "textContent");
    this.put("recording", t("recording"), "textContent");
    this.at("recording").hidden = !pageState.video;
    this.showCount(); this.showVerdict(); this.showClock(); this.showOverlay(); this.showActions();
  }

  showCount() {
    const text = String(this.live.held_s ?? this.mat.count ?? 0); // a hold counts while it lasts
    this.put("count", text, "textContent");
    this.at("count").classList.toggle("long", text.length > 2);
  }

  showVerdict() {
    const last = this.mat.reps.at(-1);
    this.put("verdict", `verdict ${last ? (last.counted ? "good" : "bad") : ""}`, "className");
    this.put("shape", last ? (last.counted ? GOOD : BAD) : NONE);
    const reasons = (last?.reasons ?? []).map((r) => escaped(sentence(r.sentence))).join(" ");
    const head = last?.counted ? t("counts") : reasons || t("no count");
    const rest = last?.counted ? reasons : `${t("no count")} · ${t("fault number", { n: last?.number })}`;
    this.put("words", last ? `${head}<small>${rest}</small>` : "");
  }

  showClock() {
    const timed = pageState.time_s !== null && pageState.time_s !== undefined;
    const left = this.live.left_s ?? pageState.time_s;
    this.put("time", timed ? clock(left ?? 0) : "", "textContent");
    const allowed = pageState.strikes_allowed;
    const used = this.mat.strikes ?? 0;
    this.put("strikes", allowed && allowed <= 6
      ? `${t("strikes")} ${BAD.repeat(Math.min(used, allowed))}${FREE_STRIKE.repeat(Math.max(0, allowed - used))}` : "");
  }

  overlayText() {
    const { phase, why, missing, pose } = this.mat;
    if (!this.online) return ["overlay", t("page lost")];
    if (["stale", "frozen", "gone", "opening"].includes(pageState.camera?.state)) {
      return ["overlay", `${t("camera lost")}<small>${t("camera lost hint")}</small>`];
    }
    if (phase === "countdown" && this.counting !== null) return ["overlay huge", String(this.counting)];
    if (this.going) return ["overlay huge", t("go")];
    if (phase === "paused") return ["overlay", `${t("paused")}<small>${t("paused hint")}</small>`];
    if (phase === "settling") return ["overlay foot", t("settling")];
    if (phase === "finished") return ["overlay foot", `${t("finished")} · ${t(`ended ${why}`)}`];
    if (!["ready", "waiting"].includes(phase)) return null;
    if (missing?.length) return ["overlay foot", t("show", { joints: escaped(joints(missing)) })];
    if (pose?.length) return ["overlay foot", escaped(sentence(pose[0].sentence))];
    if (phase === "waiting") return ["overlay foot", t("waiting")];
    return ["overlay foot", `${t("ready")} <small>${t(pageState.arm ? "ready hint" : "ready hint touch")}</small>`];
  }

  showOverlay() {
    const shown = this.overlayText();
    this.at("overlay").hidden = !shown;
    if (!shown) return;
    this.put("overlay", shown[1]);
    this.put("overlay", shown[0], "className");
  }

  showActions() {
    const { phase, reps } = this.mat;
    const busy = BUSY.includes(phase);
    this.put("start", phase === "finished" ? t("again") : !busy ? t("start")
      : ["waiting", "countdown"].includes(phase) ? t("call off") : t("stop"), "textContent");
    this.put("start", `start ${busy ? "stop" : "main"}`, "className");
    this.at("start").disabled = phase === "settling";
    this.at("pause").hidden = !this.teacher || !["running", "paused"].includes(phase);
    this.put("pause", t(phase === "paused" ? "resume" : "pause"), "textContent");
    this.at("undo").hidden = !this.teacher || !reps.length || !["running", "paused", "finished"].includes(phase);
    this.put("undo", t("undo"), "textContent");
  }

  showGauge() {
    const { live } = this;
    const share = (value) => Math.min(1, Math.max(0, (value + 0.1) / 1.4));
    const known = live.progress !== null && live.progress !== undefined;
    this.at("level").style.transform = `scaleY(${known ? share(live.progress).toFixed(3) : 0})`;
    this.put("level", `level ${known && live.progress >= live.reached ? "over" : ""}`, "className");
    for (const name of ["reached", "returned"]) {
      const value = live[name];
      this.at(name).hidden = value === null || value === undefined;
      this.at(name).style.bottom = `${(100 * share(value ?? 0)).toFixed(1)}%`;
    }
  }
}
