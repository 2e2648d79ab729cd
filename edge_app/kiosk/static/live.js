// The kiosk's events: first the whole state (kind "board"), then each event.
// Listeners: live.on(kind, data => …). Kinds: board, live, rep, phase, countdown, beat, missing,
// camera, settled, student, problem, and "connection" with {good}. An event of a mat has its
// number in `mat`, from 1; pageState.mats[mat - 1] is its current state. The server keeps that
// state (kiosk/page_state.py); an event's `set` holds the changes.
const listeners = new Map();
export const latencies_ms = [];
export const pageState = { mats: [] };
let number = 0;
let wait_ms = 500;

export function on(kind, listener) {
  listeners.set(kind, [...(listeners.get(kind) ?? []), listener]);
}

function tell(kind, data) {
  for (const listener of listeners.get(kind) ?? []) listener(data);
}

function take({ mat, set, rep }) {
  const target = mat ? pageState.mats[mat - 1] : pageState;
  if (!target) return;
  Object.assign(target, set);
  if (mat && rep) {
    target.reps = [...target.reps.filter((r) => r.number !== rep.number), rep]
      .sort((a, b) => a.number - b.number);
  }
}

function receive(data) {
  if (data.kind === "board") {
    number = data.n;
    Object.assign(pageState, data);
  } else if (data.kind !== "live") {
    if (data.n <= number) return; // already in the first message
    number = data.n;
    take(data);
    if (data.at_ms) {
      latencies_ms.push(performance.timeOrigin + performance.now() - data.at_ms);
      if (latencies_ms.length > 1000) latencies_ms.shift();
    }
  }
  tell(data.kind, data);
}

export function connect() {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/events`);
  socket.onopen = () => { wait_ms = 500; tell("connection", { good: true }); };
  socket.onmessage = (event) => receive(JSON.parse(event.data));
  socket.onclose = () => {
    tell("connection", { good: false });
    setTimeout(connect, wait_ms);
    wait_ms = Math.min(2 * wait_ms, 5000);
  };
}
