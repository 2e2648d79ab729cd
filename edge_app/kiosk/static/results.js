// Results: the table, one attempt with its curve, one student over time, corrections, export.
import { get, post, request } from "./api.js";
import { buildBar } from "./bar.js";
import { apply, sentence, t, word } from "./i18n.js";
import { curve, history } from "./plot.js";
import { BAD, escaped, GOOD, unsure } from "./shapes.js";

const page = document.getElementById("page");
const PAGE = 50;
page.innerHTML = `
<div class="tools">
  <label><span data-t="class"></span><select id="class"></select></label>
  <label><span data-t="exercise"></span><select id="exercise"></select></label>
  <label><span data-t="from"></span><input type="date" id="since"></label>
  <label><span data-t="until"></span><input type="date" id="until"></label>
  <span style="flex:1"></span>
  <a class="button" id="csv" data-t="export csv" download></a>
  <a class="button" id="xlsx" data-t="export xlsx" download></a>
  <a class="button" id="fitnessgram" data-t="export fitnessgram" download></a>
</div>
<div class="columns">
  <section class="card"><div class="scroll" id="table"></div><p style="text-align:center;margin:14px 0 0"><button id="more" data-t="more" hidden></button></p></section>
  <section class="card" id="one"><p class="soft">—</p></section>
</div>
<dialog id="correcting"><form method="dialog"><h2></h2>
  <label id="value"><span data-t="new score"></span><input name="value" inputmode="numeric" pattern="[0-9]{1,4}"></label>
  <label><span data-t="who"></span><input name="who" maxlength="100" required></label>
  <label><span data-t="why"></span><input name="why" maxlength="500" required></label>
  <p class="bad" role="alert"></p>
  <div class="ends"><button type="button" class="cancel" data-t="cancel"></button><button class="main" data-t="correct"></button></div>
</form></dialog>`;
const at = (id) => document.getElementById(id);
let rows = [];
let shown = null;

const when = (iso) => new Date(iso).toLocaleString([], { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false });

function query() {
  const wanted = { class: at("class").value, exercise: at("exercise").value, since: at("since").value, until: at("until").value };
  return new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
}

async function fill() {
  const [classes, exercises] = await Promise.all([get("/api/classes"), get("/api/exercises")]);
  const option = (value, label) => `<option value="${escaped(value)}">${escaped(label)}</option>`;
  const kept = [at("class").value, at("exercise").value];
  at("class").innerHTML = option("", t("all")) + classes.map((c) => option(c.id, c.name)).join("");
  at("exercise").innerHTML = option("", t("all")) + exercises.map((e) => option(e.name, word(e.name))).join("");
  [at("class").value, at("exercise").value] = kept;
}

async function load(more = false) {
  const wanted = query();
  for (const format of ["csv", "xlsx", "fitnessgram"]) at(format).href = `/api/export/${format}?${wanted}`;
  if (more) wanted.set("before", rows.at(-1).id);
  wanted.set("limit", PAGE);
  const found = await get(`/api/attempts?${wanted}`);
  rows = more ? [...rows, ...found] : found;
  at("more").hidden = found.length < PAGE;
  show();
}

function show() {
  const line = (a) => `<tr class="pick ${a.valid ? "" : "void"} ${a.id === shown?.attempt.id ? "chosen" : ""}" data-id="${a.id}" tabindex="0">
    <td class="nowrap">${when(a.started_utc)}${unsure(a)}</td><td>${escaped(a.student || t("guest"))}<br><span class="soft">${escaped(a.school_class)}</span></td>
    <td>${escaped(word(a.protocol === "free practice" ? a.exercise : a.protocol))}${a.mat ? `<br><span class="soft">${t("mat", { n: escaped(a.mat) })}</span>` : ""}</td>
    <td class="number score">${a.score}</td><td class="number">${a.rejected || ""}</td>
    <td>${a.video ? `<span class="tag">▶ ${t("video")}</span> ` : ""}${a.corrections ? `<span class="tag warn">${t("corrected")}</span>` : `<span class="soft">${t(`ended ${a.ended}`)}</span>`}</td></tr>`;
  at("table").innerHTML = rows.length ? `<table><thead><tr><th>${t("date")}</th><th>${t("student")}</th><th>${t("exercise")}</th>
    <th class="number">${t("score")}</th><th class="number">${t("rejected")}</th><th>${t("ended")}</th></tr></thead>
    <tbody>${rows.map(line).join("")}</tbody></table>` : `<p class="soft">${t("none yet")}</p>`;
}

async function open(id) {
  const [detail, line] = await Promise.all([get(`/api/attempts/${id}`), get(`/api/attempts/${id}/curve`)]);
  shown = detail;
  const student = detail.attempt.student_id;
  const past = student ? await get(`/api/attempts?student=${student}&exercise=${encodeURIComponent(detail.attempt.exercise)}&limit=200`) : [];
  showOne(line, past.filter((a) => a.valid && a.ended));
  show();
  if (matchMedia("(max-width: 900px)").matches) at("one").scrollIntoView({ block: "start" });
}

function repLine(rep) {
  const reasons = rep.reasons.map((r) => escaped(sentence(r.sentence))).join(" ");
  const changed = rep.stands !== rep.counted ? ` <span class="tag warn">${t("corrected")}</span>` : "";
  return `<tr><td class="number">${rep.number}</td><td>${rep.stands ? GOOD : BAD}</td>
    <td class="number nowrap">${rep.start_s.toFixed(1)}–${rep.end_s.toFixed(1)} s</td><td>${reasons}${changed}</td>
    <td class="number"><button class="small fix" data-number="${rep.number}" data-value="${rep.stands ? "rejected" : "counted"}">${t(rep.stands ? "reject it" : "count it")}</button></td></tr>`;
}

/** What a correction changed; a student's internal id is not shown. */
function changed({ kind, value, number }) {
  if (kind === "repetition") return `${t("fault number", { n: number })} ${t(value === "counted" ? "counts" : "no count")}`;
  if (kind === "score") return `${t("score")} ${value || "–"}`;
  return t(kind === "validity" ? value : "student");
}

function showOne(line, past) {
  const { attempt, repetitions, corrections } = shown;
  const spans = repetitions.map((r) => ({ from: r.start_s, to: r.end_s, good: r.stands, label: r.number }));
  const points = past.reverse().map((a) => ({ time: Date.parse(a.started_utc), value: a.score, label: new Date(a.started_utc).toLocaleDateString() }));
  at("one").innerHTML = `<h1>${escaped(attempt.student || t("guest"))}</h1>
    <p class="soft">${escaped(word(attempt.exercise))} · ${escaped(word(attempt.protocol))} · ${when(attempt.started_utc)}${unsure(attempt)} · ${t(`ended ${attempt.ended}`)}</p>
    <p style="font-size:3.4rem;font-weight:800;line-height:1" id="score">${attempt.score}</p>
    <div class="tools"><button class="small" id="rescore">${t("correct score")}</button>
    <button class="small" id="validity">${t(attempt.valid ? "void" : "valid")}</button></div>
    ${attempt.video ? `<video controls preload="metadata" src="/api/attempts/${attempt.id}/video"></video>
      <p><button class="small" id="unfilm">${t("delete video")}</button></p>` : ""}
    <h2>${t("curve")}</h2>${line.t_s.length ? curve(line.t_s, line.progress, [[0, t("rest")], [1, t("extreme")]], spans) : `<p class="soft">${t("no evidence")}</p>`}
    <div class="scroll"><table><thead><tr><th class="number">${t("repetition")}</th><th></th><th class="number">${t("time")}</th><th>${t("reason")}</th><th></th></tr></thead>
    <tbody>${repetitions.map(repLine).join("")}</tbody></table></div>
    ${corrections.length ? `<h2 style="margin-top:18px">${t("corrections")}</h2><table><tbody>${corrections.map((c) =>
    `<tr><td>${when(c.recorded_utc)}</td><td>${escaped(changed(c))}</td><td>${escaped(c.who)}: ${escaped(c.why)}</td></tr>`).join("")}</tbody></table>` : ""}
    ${points.length ? `<h2 style="margin-top:18px">${t("history")}</h2>${history(points)}` : ""}`;
  at("rescore").onclick = () => correct(t("correct score"), "score", null);
  if (attempt.video) at("unfilm").onclick = () => deleteVideo(attempt.id);
  at("validity").onclick = () => correct(t(attempt.valid ? "void" : "valid"), "validity", attempt.valid ? "void" : "valid");
}

async function deleteVideo(id) {
  if (!confirm(t("delete sure"))) return;
  await request("DELETE", `/api/attempts/${id}/video`);
  await Promise.all([load(), open(id)]);
}

function correct(title, kind, value, number = null) {
  const dialog = at("correcting");
  const form = dialog.querySelector("form");
  form.reset();
  form.who.value = localStorage.getItem("who") ?? "";
  form.querySelector("h2").textContent = title;
  form.querySelector("[role=alert]").textContent = "";
  at("value").hidden = value !== null;
  form.value.required = value === null;
  form.onsubmit = async (event) => {
    event.preventDefault();
    try {
      localStorage.setItem("who", form.who.value);
      await post(`/api/attempts/${shown.attempt.id}/corrections`,
        { kind, value: value ?? form.value.value, who: form.who.value, why: form.why.value, number });
      dialog.close();
      await Promise.all([load(), open(shown.attempt.id)]);
    } catch (error) { form.querySelector("[role=alert]").textContent = error.message; }
  };
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("tr.pick, button");
  if (target?.matches("tr.pick")) open(target.dataset.id);
  else if (target?.matches(".fix")) {
    const key = target.dataset.value === "counted" ? "count it" : "reject it";
    correct(`${t("fault number", { n: target.dataset.number })}: ${t(key)}`, "repetition", target.dataset.value, Number(target.dataset.number));
  } else if (target?.matches(".cancel")) target.closest("dialog").close();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("tr.pick")) open(event.target.dataset.id);
});
for (const id of ["class", "exercise", "since", "until"]) at(id).onchange = () => load();
at("more").onclick = () => load(true);
document.addEventListener("language", async () => { await fill(); show(); if (shown) open(shown.attempt.id); });

await buildBar();
await fill();
await load();
apply();
if (location.hash.length > 1) open(location.hash.slice(1));
