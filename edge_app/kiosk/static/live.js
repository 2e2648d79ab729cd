// The events of the station: the board (everything so far) first, then what happens.
// Listeners: live.on(kind, data => …). Kinds: board, live, rep, phase, countdown, beat, missing,
// camera, settled, student, problem, and "connection" with {good}.
const listeners = new Map();
export const latencies_ms = [];
export const board = {};
let number = 0;
let wait_ms = 500;

export function on(kind, listener) {
  listeners.set(kind, [...(listeners.get(kind) ?? []), listener]);
}

function tell(kind, data) {
  for (const listener of listeners.get(kind) ?? []) listener(data);
}

function note(kind, data) {
  if (kind === "rep") {
    board.reps = [...board.reps.filter((r) => r.number !== data.rep.number), data.rep]
      .sort((a, b) => a.number - b.number);
    board.count = data.count;
    board.strikes = data.strikes;
  } else if (kind === "phase") {
    board.phase = data.phase;
    board.why = data.why;
    board.attempt = data.attempt ?? null;
    if (["waiting", "ready"].includes(data.phase)) Object.assign(board, { count: 0, strikes: 0, reps: [] });
  } else if (kind === "missing") board.missing = data.joints;
  else if (kind === "camera") board.camera = data;
  else Object.assign(board, data);
}

function receive(data) {
  if (data.kind === "board") {
    number = data.n;
    Object.assign(board, data);
  } else if (data.kind !== "live") {
    if (data.n <= number) return; // the board had it already
    number = data.n;
    note(data.kind, data);
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
