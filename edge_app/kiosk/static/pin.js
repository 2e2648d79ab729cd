// The dialog that asks for the teacher's PIN, or sets the first one.
import { sentence, t } from "./i18n.js";

let waiting = null;

async function send(path, body) {
  const answer = await fetch(path, {
    method: "POST", headers: { "X-Reps": "1", "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (answer.ok) return "";
  const detail = (await answer.json().catch(() => ({}))).detail;
  return typeof detail === "string" ? sentence(detail) : t("pin first");
}

function build(state) {
  const dialog = document.createElement("dialog");
  dialog.innerHTML = `<form method="dialog"><h2></h2><p class="hint"></p>
    <input type="password" name="pin" inputmode="numeric" autocomplete="off" required minlength="4" maxlength="64">
    <p class="bad" role="alert"></p>
    <div class="ends"><button type="button" class="cancel"></button><button class="main"></button></div></form>`;
  const at = (selector) => dialog.querySelector(selector);
  at("h2").textContent = t("pin");
  at(".hint").textContent = state.first ? t(state.here ? "pin first" : "pin at kiosk") : t("pin ask");
  at("input").setAttribute("aria-label", t("pin"));
  at("input").hidden = at(".main").hidden = state.first && !state.here;
  at(".cancel").textContent = t("cancel");
  at(".main").textContent = t(state.first ? "pin set" : "ok");
  return dialog;
}

/** Resolves to true if there is a session now. */
export function askPin() {
  waiting ??= ask().finally(() => { waiting = null; });
  return waiting;
}

async function ask() {
  const state = await (await fetch("/api/me")).json();
  if (state.teacher) return true;
  const dialog = build(state);
  document.body.append(dialog);
  const input = dialog.querySelector("input");
  const answer = await new Promise((done) => {
    dialog.querySelector(".cancel").onclick = () => done(false);
    dialog.oncancel = () => done(false);
    dialog.querySelector("form").onsubmit = async (event) => {
      event.preventDefault();
      const problem = state.first
        ? await send("/api/pin", { new: input.value })
        : await send("/api/login", { pin: input.value });
      if (!problem) return done(true);
      dialog.querySelector("[role=alert]").textContent = problem;
      input.select();
    };
    dialog.showModal();
    input.focus();
  });
  dialog.close();
  dialog.remove();
  if (answer) document.dispatchEvent(new Event("teacher"));
  return answer;
}
