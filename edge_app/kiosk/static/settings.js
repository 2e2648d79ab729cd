// Settings: camera with preview and zone, exercise or test, language, sound, PIN.
import { get, post, put } from "./api.js";
import { buildBar } from "./bar.js";
import { apply, t, word } from "./i18n.js";
import { Pictures, View } from "./picture.js";
import { escaped } from "./shapes.js";

const page = document.getElementById("page");
page.innerHTML = `
<p class="banner" id="said" role="status" hidden></p>
<div class="columns wide-left">
  <section class="card"><h2 data-t="zone"></h2>
    <div class="picture draw" id="area"><canvas id="picture" role="img" aria-label="camera"></canvas><div id="zones"></div></div>
    <p class="soft" style="margin-top:10px" data-t="zone hint"></p>
    <div class="tools" style="margin:0 0 12px;align-items:center"><label class="row"><span data-t="mats"></span><select id="mats"><option>1</option><option>2</option></select></label>
    <span id="drawn"></span></div>
    <div class="tools" style="margin:0"><button id="everything" data-t="whole picture"></button>
    <button id="reopen" data-t="reopen"></button></div>
  </section>
  <section class="card"><form id="form" class="fields" style="grid-template-columns:1fr">
    <label><span data-t="camera"></span><input name="camera" list="cameras" maxlength="500" spellcheck="false">
      <span class="soft" data-t="camera hint"></span></label><datalist id="cameras"></datalist>
    <label><span data-t="turn"></span><select name="rotate"></select></label>
    <label class="row"><input type="checkbox" name="mirror"><span data-t="mirror"></span></label>
    <label><span data-t="exercise"></span><select name="exercise"></select></label>
    <label><span data-t="protocol"></span><select name="protocol"></select><span class="soft" id="about"></span></label>
    <label><span data-t="countdown"></span><input name="countdown_s" type="number" min="0" max="30" step="1"></label>
    <label><span data-t="sound"></span><select name="sound"></select></label>
    <label><span data-t="video"></span><select name="video"></select><span class="soft" data-t="video hint"></span></label>
    <label><span data-t="station language"></span><select name="language"><option value="en">English</option><option value="zh">中文</option></select></label>
    <label class="row"><input type="checkbox" name="arm"><span data-t="arm"></span></label>
    <button class="main" data-t="save"></button>
  </form>
  <form id="pin" class="fields" style="grid-template-columns:1fr 1fr;margin-top:26px;align-items:end">
    <label><span data-t="old pin"></span><input name="old" type="password" minlength="4" maxlength="64" required autocomplete="off"></label>
    <label><span data-t="new pin"></span><input name="new" type="password" minlength="4" maxlength="64" required autocomplete="off"></label>
    <button data-t="change pin"></button>
  </form></section>
</div>`;
const at = (id) => document.getElementById(id);
const form = at("form");
let choices = {};
let exercises = [];
let protocols = [];
let drawing = 0; // the mat whose zone the finger draws, from 0

function say(text, good = true) {
  at("said").hidden = false;
  at("said").className = `banner ${good ? "good" : "bad"}`;
  at("said").textContent = text;
}

async function change(some) {
  try {
    choices = await put("/api/settings", some);
    say(t("saved"));
  } catch (error) { say(error.message, false); }
  show();
}

function options(select, pairs, value) {
  select.innerHTML = pairs.map(([v, label]) => `<option value="${escaped(v)}">${escaped(label)}</option>`).join("");
  select.value = value;
}

function show() {
  options(form.exercise, exercises.map((e) => [e.name, word(e.name)]), choices.exercise);
  options(form.protocol, [["", t("free practice")], ...protocols.map((p) => [p.name, word(p.name)])], choices.protocol);
  options(form.sound, ["voice", "beep", "off"].map((s) => [s, t(s)]), choices.sound);
  options(form.video, [["", t("video off")], ["veiled", t("video veiled")], ["plain", t("video plain")]], choices.video);
  options(form.rotate, [[0, t("turn 0")], [90, t("turn 90")], [180, t("turn 180")], [270, t("turn 270")]], choices.rotate);
  form.mirror.checked = choices.mirror;
  form.camera.value = choices.camera;
  form.countdown_s.value = choices.countdown_s;
  form.language.value = choices.language;
  form.arm.checked = choices.arm;
  about();
  showZones();
}

function about() {
  const protocol = protocols.find((p) => p.name === form.protocol.value);
  form.exercise.disabled = Boolean(protocol);
  if (protocol) form.exercise.value = protocol.exercise;
  at("about").textContent = protocol
    ? `${t("source")}: ${protocol.source}. ${protocol.teacher.length ? t("teacher checks") + protocol.teacher.join("; ") : ""}` : "";
}

function showZones(zones = choices.zones) {
  const several = zones.length > 1;
  drawing = Math.min(drawing, zones.length - 1);
  const whole = ([left, top, right, bottom]) => right - left >= 1 && bottom - top >= 1;
  const box = ([left, top, right, bottom], i) => `<div class="zone ${several ? "" : "only"} ${i === drawing ? "chosen" : ""}"
    style="left:${100 * left}%;top:${100 * top}%;width:${100 * (right - left)}%;height:${100 * (bottom - top)}%">${several ? `<b>${i + 1}</b>` : ""}</div>`;
  at("zones").innerHTML = zones.filter((zone) => !whole(zone)).map(box).join("");
  at("mats").value = String(zones.length);
  at("everything").hidden = several;
  at("drawn").innerHTML = several ? zones.map((_, i) =>
    `<button class="small pick ${i === drawing ? "main" : ""}" data-number="${i}">${t("draw for", { n: i + 1 })}</button>`).join(" ") : "";
}

let begun = null;
const place = (event) => {
  const box = at("area").getBoundingClientRect();
  const share = (value) => Math.min(1, Math.max(0, Math.round(value * 1000) / 1000));
  return [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height)];
};
const drawn = (event) => {
  const [x, y] = place(event);
  return [Math.min(x, begun[0]), Math.min(y, begun[1]), Math.max(x, begun[0]), Math.max(y, begun[1])];
};
at("area").onpointerdown = (event) => {
  begun = place(event);
  at("area").setPointerCapture(event.pointerId);
};
const withNew = (zone) => choices.zones.map((old, i) => (i === drawing ? zone : old));
at("area").onpointermove = (event) => { if (begun) showZones(withNew(drawn(event))); };
at("area").onpointerup = (event) => {
  if (!begun) return;
  const zones = withNew(drawn(event));
  begun = null;
  change({ zones });
};
at("drawn").onclick = (event) => {
  if (!event.target.matches(".pick")) return;
  drawing = Number(event.target.dataset.number);
  showZones();
};
at("mats").onchange = () => {
  const count = Number(at("mats").value);
  drawing = 0;
  change({ zones: Array.from({ length: count }, (_, i) => [i / count, 0, (i + 1) / count, 1]) });
};
at("everything").onclick = () => change({ zones: [[0, 0, 1, 1]] });
at("reopen").onclick = () => post("/api/camera/reopen");
form.protocol.onchange = about;
form.onsubmit = (event) => {
  event.preventDefault();
  change({
    camera: form.camera.value, rotate: Number(form.rotate.value), mirror: form.mirror.checked,
    exercise: form.exercise.value, protocol: form.protocol.value,
    countdown_s: Number(form.countdown_s.value), sound: form.sound.value,
    language: form.language.value, arm: form.arm.checked, video: form.video.value,
  });
};
at("pin").onsubmit = async (event) => {
  event.preventDefault();
  try {
    await post("/api/pin", { old: event.target.old.value, new: event.target.new.value }, { ask: false });
    event.target.reset();
    say(t("saved"));
  } catch (error) { say(error.message, false); }
};
document.addEventListener("language", () => { if (choices.zones) show(); });

await buildBar();
choices = await get("/api/settings");
let cameras;
[exercises, protocols, cameras] = await Promise.all([get("/api/exercises"), get("/api/protocols"), get("/api/cameras")]);
at("cameras").innerHTML = cameras.map((c) => `<option value="${escaped(c)}">`).join("");
show();
apply();
const view = new View(at("picture"));
new Pictures((image) => view.draw(image));
