// Requests to the kiosk. One that needs a teacher asks for the PIN, then is sent again.
import { sentence } from "./i18n.js";
import { askPin } from "./pin.js";

export class Refused extends Error {
  constructor(status, detail) { super(detail); this.status = status; }
}

export async function request(method, path, body, { ask = true } = {}) {
  const raw = body instanceof Blob;
  const answer = await fetch(path, {
    method,
    headers: { "X-Reps": "1", ...(body !== undefined && !raw ? { "Content-Type": "application/json" } : {}) },
    body: raw ? body : body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 401 && ask && await askPin()) return request(method, path, body, { ask });
  const text = await answer.text();
  let data = null;
  try { data = text ? JSON.parse(text) : null; } catch { data = { detail: text }; }
  if (!answer.ok) {
    const detail = data?.detail;
    throw new Refused(answer.status, typeof detail === "string" ? sentence(detail) : answer.statusText);
  }
  return data;
}

export const get = (path, options) => request("GET", path, undefined, options);
export const post = (path, body, options) => request("POST", path, body, options);
export const put = (path, body, options) => request("PUT", path, body, options);

/** Whether this browser has a teacher's session; asks for no PIN. */
export const me = () => get("/api/me", { ask: false });
