// The events of the station: the board (everything so far) first, then what happens.
// Listeners: live.on(kind, data => …). Kinds: board, live, rep, phase, countdown, beat, missing,
// camera, settled, student, problem, and "connection" with {good}. What happens on a mat has its
// number in `mat`, from 1; board.mats[mat - 1] is how it is now.
const listeners = new Map();
export const latencies_ms = [];
export const board = { mats: [] };
let number = 0;
let wait_ms = 500;

export function on(kind, listener) {
  listeners.set(kind, [...(listeners.get(kind) ?? []), listener]);
}

function tell(kind, data) {
  for (const listener of listeners.get(kind) ?? []) listener(data);
}

const EMPTY = { phase: "ready", why: "", count: 0, strikes: 0, reps: [], missing: [], pose: [], student: null, attempt: null };

function note(kind, data) {
  if (kind === "camera") board.camera = data;
  else if (kind === "settled" || kind === "problem") Object.assign(board, data);
  if (kind === "settled") board.mats = data.zones.map((_, i) => board.mats[i] ?? { ...EMPTY });
  const mat = board.mats[data.mat - 1];
  if (mat) noteMat(mat, kind, data);
}

function noteMat(mat, kind, data) {
  if (kind === "rep") {
    mat.reps = [...mat.reps.filter((r) => r.number !== data.rep.number), data.rep]
      .sort((a, b) => a.number - b.number);
    mat.count = data.count;
    mat.strikes = data.strikes;
  } else if (kind === "phase") {
    mat.phase = data.phase;
    mat.why = data.why;
    mat.attempt = data.attempt ?? null;
    if (["waiting", "ready"].includes(data.phase)) Object.assign(mat, { count: 0, strikes: 0, reps: [] });
  } else if (kind === "missing") Object.assign(mat, { missing: data.joints, pose: data.pose });
  else if (kind === "student") mat.student = data.student;
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
