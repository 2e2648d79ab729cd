// The dialog that imports a roster: what would change first, then the import, which can be undone.
import { get, post, request } from "./api.js";
import { sentence, t } from "./i18n.js";
import { escaped } from "./shapes.js";

const SHOWN = 12; // bad rows
const CHANGES_SHOWN = 200;
const KINDS = ["added", "changed", "moved", "left", "renamed"];
const dialog = document.createElement("dialog");
dialog.id = "importing";
dialog.innerHTML = `<form method="dialog"><h2 data-t="import"></h2><p class="soft" data-t="import hint"></p>
  <input type="file" accept=".csv,.txt,.tsv,.zip,.xlsx" id="file">
  <div class="tools"><label id="encoding-label" hidden><span data-t="encoding"></span><select id="encoding"></select></label>
  <label id="dates-label" hidden><span data-t="dates"></span><select id="dates"><option value=""></option>
    <option value="day-first" data-t="day-first"></option><option value="month-first" data-t="month-first"></option></select></label></div>
  <div id="report" class="scroll"></div><p id="last" class="soft"></p><p class="bad" role="alert"></p>
  <div class="ends"><button type="button" id="undo-import" data-t="undo import" hidden></button>
  <button type="button" class="cancel" data-t="cancel"></button>
  <button type="button" id="some" data-t="import good" hidden></button>
  <button type="button" class="main" id="whole" data-t="import all" disabled></button></div></form>`;
document.body.append(dialog);
const at = (id) => document.getElementById(id);
let imported = async () => {};

/** What to do after an import or its undoing. */
export const onImported = (call) => { imported = call; };

export async function askForRoster() {
  at("file").value = "";
  at("encoding").innerHTML = "";
  begin();
  dialog.showModal();
  await showLast();
}

function begin() {
  at("dates").value = "";
  at("report").innerHTML = "";
  for (const id of ["encoding-label", "dates-label", "some"]) at(id).hidden = true;
  at("whole").disabled = true;
  say("");
}

const say = (text) => { dialog.querySelector("[role=alert]").textContent = text; };
const guarded = (call) => async () => { try { say(""); await call(); } catch (error) { say(error.message); } };

function address(path, more = {}) {
  const query = { encoding: at("encoding").value, dates: at("dates").value, ...more };
  const used = Object.entries(query).filter(([, value]) => value);
  return `/api/roster/${path}?${new URLSearchParams(Object.fromEntries(used))}`;
}

async function preview() {
  const file = at("file").files[0];
  at("whole").disabled = true;
  at("some").hidden = true;
  if (!file) return;
  const report = await request("POST", address("preview"), file);
  const chosen = at("encoding").value;
  at("encoding").innerHTML = [chosen || report.encoding, ...report.encodings.filter((e) => e !== chosen)]
    .map((e, i) => `<option value="${i || chosen ? escaped(e) : ""}">${escaped(e)}</option>`).join("");
  at("encoding-label").hidden = !report.encoding;
  if (report.dates_unknown) at("dates-label").hidden = false;
  at("report").innerHTML = described(report);
  at("whole").disabled = !report.good && !report.changes_total || report.bad > 0;
  at("some").hidden = !report.good || !report.bad;
}

function described(report) {
  const tag = (number, key, kind) => (number ? `<span class="tag ${kind}">${number} ${t(key)}</span>` : "");
  const counts = KINDS.map((kind) => tag(report.changes.filter((c) => c.kind === kind).length, kind, ""));
  const soft = (text) => `<p class="soft">${escaped(text)}</p>`;
  const bad = report.problems.slice(0, SHOWN).map((p) =>
    `<tr><td class="number">${p.row}</td><td>${escaped([p.file, p.column, sentence(p.problem)].filter(Boolean).join(" "))}</td></tr>`);
  const changes = report.changes.slice(0, CHANGES_SHOWN).map((c) =>
    `<tr><td class="nowrap">${t(c.kind)}</td><td>${escaped(c.name)} <span class="soft">${escaped(c.number)}</span></td><td>${escaped(detail(c))}</td></tr>`);
  return `<p><span class="tag good">${report.good} ${t("good rows")}</span> ${tag(report.bad, "bad rows", "bad")} ${counts.join(" ")}</p>
    ${report.sample.length ? `<p><b>${report.sample.map(escaped).join(" · ")}</b> <span class="soft">${t("names right")}</span></p>` : ""}
    ${report.warnings.map((text) => `<p class="bad">${escaped(sentence(text))}</p>`).join("")}
    ${report.notes.map(soft).join("")}
    ${bad.length ? `<table id="bad"><thead><tr><th class="number">${t("row")}</th><th>${t("problem")}</th></tr></thead><tbody>${bad.join("")}</tbody></table>` : ""}
    ${changes.length ? `<table id="changes"><tbody>${changes.join("")}</tbody></table>` : `<p class="soft">${t("no changes")}</p>`}`;
}

function detail(change) {
  if (change.fields.length) return change.fields.map((_, i) => `${change.before[i] || "–"} → ${change.after[i] || "–"}`).join(", ");
  return [change.before.join(", "), change.after.join(", ")].filter(Boolean).join(" → ");
}

async function showLast() {
  const last = await get("/api/roster/last");
  at("undo-import").hidden = !last;
  at("last").textContent = last
    ? t("last import", { name: last.name, time: new Date(last.imported_utc).toLocaleString() }) : "";
}

async function bringIn(more) {
  const file = at("file").files[0];
  await request("POST", address("import", { name: file.name.slice(-200), ...more }), file);
  dialog.close();
  await imported();
}

at("file").onchange = () => { at("encoding").innerHTML = ""; begin(); return guarded(preview)(); };
at("encoding").onchange = guarded(preview);
at("dates").onchange = guarded(preview);
at("whole").onclick = guarded(() => bringIn({}));
at("some").onclick = guarded(() => bringIn({ skip_bad: "true" }));
at("undo-import").onclick = guarded(async () => {
  if (!confirm(t("undo import sure"))) return;
  const done = await post("/api/roster/undo");
  await imported();
  await showLast();
  at("report").innerHTML = `<p>${t("undone", done)}</p>`;
});
