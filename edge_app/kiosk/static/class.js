// The class page: who is next, and the latest results.
import { get, post, put } from "./api.js";
import { buildBar } from "./bar.js";
import { apply, sentence, t, word } from "./i18n.js";
import { askForRoster, onImported } from "./importing.js";
import { pageState, connect, on } from "./live.js";
import { BAD, escaped, GOOD, unsure } from "./shapes.js";

const page = document.getElementById("page");
page.innerHTML = `
<div class="tools"><label><span data-t="choose class"></span><select id="class"></select></label>
  <button id="add" data-t="add student"></button>
  <button id="import" data-t="import"></button></div>
<div class="columns wide-left">
  <section class="card"><h2 data-t="who is next"></h2><div class="scroll" id="students"></div></section>
  <section class="card sticky first"><h2 data-t="on the mat"></h2><div id="mat"></div>
    <h2 data-t="live results" style="margin-top:22px"></h2><div class="scroll" id="results"></div></section>
</div>
<dialog id="adding"><form method="dialog"><h2 data-t="add student"></h2>
  <label><span data-t="first name"></span><input name="first" maxlength="100" required></label>
  <label><span data-t="last name"></span><input name="last" maxlength="100"></label>
  <p class="bad" role="alert"></p>
  <div class="ends"><button type="button" class="cancel" data-t="cancel"></button><button class="main" data-t="add"></button></div>
</form></dialog>`;
const at = (id) => document.getElementById(id);
let students = [];
let attempts = [];
const chosen = () => at("class").value;

async function loadClasses() {
  const classes = await get("/api/classes");
  const kept = sessionStorage.getItem("class") ?? classes[0]?.id; // "": everybody
  at("class").innerHTML = `<option value="">${t("everybody")}</option>${classes.map((c) =>
    `<option value="${c.id}">${escaped([c.school, c.name].filter(Boolean).join(" · "))}</option>`).join("")}`;
  at("class").value = classes.some((c) => c.id === kept) ? kept : "";
}

async function load() {
  sessionStorage.setItem("class", chosen());
  const today = new Date();
  const day = `${today.getFullYear()}-${String(today.getMonth() + 1).padStart(2, "0")}-${String(today.getDate()).padStart(2, "0")}`;
  const of = chosen() ? `&class=${chosen()}` : "";
  [students, attempts] = await Promise.all([
    get(`/api/students${chosen() ? `?class_id=${chosen()}` : ""}`),
    get(`/api/attempts?since=${day}&limit=500${of}`),
  ]);
  show();
}

function show() {
  const done = attempts.filter((a) => a.valid && a.ended && a.exercise === (pageState.exercise ?? a.exercise));
  const best = new Map();
  for (const a of done) best.set(a.student_id, Math.max(best.get(a.student_id) ?? 0, a.score));
  const current = pageState.mats.map((mat) => mat.student?.id);
  const button = (s, n) => `<button class="small call" data-id="${s.id}" data-mat="${n}">${pageState.mats.length > 1 ? t("mat", { n }) : t("call")}</button>`;
  const calls = (s) => (current.includes(s.id) ? `<button class="small call" disabled>${t("on the mat")}</button>`
    : pageState.mats.map((_, i) => button(s, i + 1)).join(" "));
  const rows = students.map((s) => `<tr class="${current.includes(s.id) ? "chosen" : ""}">
    <td>${escaped(s.name)}</td><td class="soft">${escaped(s.number)}</td>
    <td class="number">${best.has(s.id) ? `<span class="score">${best.get(s.id)}</span>` : `<span class="soft">${t("not yet")}</span>`}</td>
    <td class="number nowrap">${calls(s)}</td></tr>`);
  at("students").innerHTML = students.length
    ? `<table><thead><tr><th>${t("student")}</th><th>${t("number")}</th><th class="number">${t("best today")}</th><th></th></tr></thead><tbody>${rows.join("")}</tbody></table>`
    : `<p class="soft">${t("no students")}</p>`;
  at("results").innerHTML = attempts.length
    ? `<table><tbody>${attempts.slice(0, 12).map((a) => `<tr class="pick ${a.valid ? "" : "void"}" data-id="${a.id}">
      <td>${new Date(a.started_utc).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false })}${unsure(a)}</td>
      <td>${escaped(a.student || t("guest"))}<br><span class="soft">${escaped(word(a.exercise))}</span></td>
      <td class="number score">${a.score}</td></tr>`).join("")}</tbody></table>`
    : `<p class="soft">${t("none yet")}</p>`;
  showMats();
}

const showMats = () => { at("mat").innerHTML = pageState.mats.map(matCard).join("<hr>"); };

function matCard(mat, i) {
  const last = mat.reps.at(-1);
  const reasons = last?.reasons.map((r) => escaped(sentence(r.sentence))).join(" ");
  const busy = ["waiting", "countdown", "running", "paused"].includes(mat.phase);
  const button = (name, label, rest = "") => `<button data-do="${name}" data-mat="${i + 1}" ${rest}>${t(label)}</button>`;
  const held = mat.phase === "paused" ? "resume" : "pause";
  return `<p>${pageState.mats.length > 1 ? `<span class="tag">${t("mat", { n: i + 1 })}</span> ` : ""}<b>${escaped(mat.student?.name ?? t("guest"))}</b>
    <span class="soft">${escaped(word(pageState.protocol || pageState.exercise || ""))}</span></p>
    <p style="font-size:3.4rem;font-weight:800;line-height:1;margin:0">${mat.count ?? 0}</p>
    <p>${last ? `${last.counted ? GOOD : BAD} ${reasons || t(last.counted ? "counts" : "no count")}` : "&nbsp;"}</p>
    <div class="tools" style="margin:0">
    ${button(busy ? "stop" : "start", busy ? "stop" : mat.phase === "finished" ? "again" : "start", `class="${busy ? "stop" : "main"}" ${mat.phase === "settling" ? "disabled" : ""}`)}
    ${["running", "paused"].includes(mat.phase) ? button(held, held) : ""}
    ${mat.reps.length ? button("undo", "undo") : ""}
    ${!busy && mat.student ? `<button class="guest" data-mat="${i + 1}">${t("guest")}</button>` : ""}</div>`;
}

async function call(student, mat) {
  await put("/api/station/student", { student_id: student, class_id: student ? chosen() || null : null, mat: Number(mat) });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button, tr.pick");
  if (!button) return;
  const refused = (error) => alert(error.message);
  if (button.matches(".call")) await call(button.dataset.id, button.dataset.mat).catch(refused);
  else if (button.matches(".guest")) await call(null, button.dataset.mat).catch(refused);
  else if (button.dataset.do) await post(`/api/station/${button.dataset.do}?mat=${button.dataset.mat}`).catch(refused);
  else if (button.matches("tr.pick")) location.assign(`/results#${button.dataset.id}`);
  else if (button.matches(".cancel")) button.closest("dialog").close();
});
at("class").onchange = load;

at("add").onclick = () => { at("adding").showModal(); };
at("adding").querySelector("form").onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target;
  try {
    await post("/api/students", { first_name: form.first.value, last_name: form.last.value, class_id: chosen() || null });
    form.reset();
    at("adding").close();
    await load();
  } catch (error) { form.querySelector("[role=alert]").textContent = error.message; }
};

onImported(async () => {
  sessionStorage.removeItem("class");
  at("class").value = "";
  await loadClasses();
  await load();
});
at("import").onclick = askForRoster;

document.addEventListener("language", () => { if (students) show(); });
await buildBar();
await loadClasses();
on("board", show);
on("student", show);
on("rep", ({ mat, again }) => {
  showMats();
  if (again && pageState.mats[mat - 1]?.phase === "finished") load(); // a final result has changed
});
on("phase", ({ phase }) => { showMats(); if (phase === "finished") load(); });
on("settled", show);
connect();
await load();
apply();
