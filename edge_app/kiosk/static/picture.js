// The live picture and its skeletons. Pictures come straight from the camera, poses when the
// network has found them; this file matches them.
const BONES = [
  [1, 2], [1, 5], [2, 3], [3, 4], [5, 6], [6, 7], [1, 8], [8, 9], [9, 10], [1, 11], [11, 12],
  [12, 13], [1, 0], [0, 14], [14, 16], [0, 15], [15, 17],
];
const RIGHT = new Set([2, 3, 4, 8, 9, 10, 14, 16]);
const LEFT = new Set([5, 6, 7, 11, 12, 13, 15, 17]);
const SEEN = 0.1;
const WHOLE = [0, 0, 1, 1];
const LONGEST_DELAY_MS = 350;
const OLD = 12; // pictures of the camera
const decoder = new TextDecoder();

/** The poses of the last frames, by the camera's index of their picture. */
export class Poses {
  constructor() { this.known = []; }

  get newest() { return this.known.at(-1)?.index ?? -1; }

  add(index, mats) {
    if (index < this.newest) this.known = []; // the camera was opened again
    this.known.push({ index, mats });
    if (this.known.length > 8) this.known.shift();
  }

  /** One mat's pose in a picture, interpolated between the known ones; null if there is none. */
  at(index, mat) {
    const last = this.known.at(-1);
    // A network that is too slow to wait for: its last pose, if recent.
    if (last && last.index < index) return index - last.index <= OLD ? last.mats[mat] : null;
    const after = this.known.find((one) => one.index >= index);
    const before = this.known.findLast((one) => one.index <= index);
    if (!after || !before) return null;
    const [a, b] = [before.mats[mat], after.mats[mat]];
    if (!a?.length || !b?.length || before === after) return b;
    const share = (index - before.index) / (after.index - before.index);
    return b.map((v, i) => (i % 3 === 2 ? Math.min(v, a[i]) : a[i] + share * (v - a[i])));
  }
}

/**
 * Pictures at their own pace: calls show(image, index) with each; `shown` counts them. With poses
 * each waits, as long as poses usually take, so that the skeleton lies where the body is.
 */
export class Pictures {
  constructor(show, poses = null) {
    this.show = show;
    this.poses = poses;
    this.shown = this.delay_ms = 0;
    this.waiting = [];
    this.asked = false;
    this.connect();
  }

  /** Draws with the browser's next frame after `ms`, if a picture waits. */
  soon(ms) {
    if (this.asked) return;
    this.asked = true;
    const draw = () => { this.asked = false; this.draw(performance.now()); };
    setTimeout(() => requestAnimationFrame(draw), ms);
  }

  connect() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/pictures`);
    socket.binaryType = "arraybuffer";
    socket.onmessage = async (event) => {
      const length = new DataView(event.data).getUint16(0);
      const { i } = JSON.parse(decoder.decode(new Uint8Array(event.data, 2, length)));
      const jpeg = new Blob([new Uint8Array(event.data, 2 + length)], { type: "image/jpeg" });
      const image = await createImageBitmap(jpeg);
      if (socket.readyState === WebSocket.OPEN) socket.send("next");
      if (i < (this.waiting.at(-1)?.index ?? -1)) this.clear();
      this.waiting.push({ image, index: i, came_ms: performance.now() });
      this.soon(this.delay_ms);
    };
    socket.onclose = () => setTimeout(() => this.connect(), 1000);
  }

  clear() {
    for (const one of this.waiting.splice(0)) one.image.close();
  }

  /** Shows the newest picture that is due and drops older ones. */
  draw(now_ms) {
    const due = this.waiting.filter((one) => now_ms - one.came_ms >= this.delay_ms).length;
    if (due < this.waiting.length) this.soon(this.waiting[due].came_ms + this.delay_ms - now_ms);
    if (!due) return;
    const passed = this.waiting.splice(0, due);
    const newest = passed.at(-1);
    if (this.poses) this.adapt(newest);
    this.show(newest.image, newest.index);
    this.shown += 1;
    for (const one of passed) one.image.close();
  }

  /** Adapts the delay: longer if a picture came before its pose, else shorter. */
  adapt(picture) {
    const late = picture.index > this.poses.newest;
    this.delay_ms = Math.min(LONGEST_DELAY_MS, Math.max(0, this.delay_ms + (late ? 12 : -0.5)));
  }
}

/** A canvas that shows one zone of the picture, with a pose over it. */
export class View {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
  }

  /** `zone` is left, top, right, bottom as fractions of the picture; `pose` flat x, y, score. */
  draw(image, pose, zone = WHOLE) {
    const { canvas, context } = this;
    const [x, y] = [zone[0] * image.width, zone[1] * image.height];
    const [w, h] = [(zone[2] - zone[0]) * image.width, (zone[3] - zone[1]) * image.height].map(Math.round);
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      canvas.parentElement.style.setProperty("--ratio", `${w} / ${h}`);
    }
    context.drawImage(image, x, y, w, h, 0, 0, w, h);
    if (!pose?.length) return;
    const points = Array.from({ length: 18 }, (_, i) => (pose[3 * i + 2] < SEEN ? null
      : [pose[3 * i] * image.width - x, pose[3 * i + 1] * image.height - y]));
    skeleton(context, points, h);
  }
}

const colour = (i) => (LEFT.has(i) ? "#ff9f4a" : RIGHT.has(i) ? "#4ab8ff" : "#ffffff");

function skeleton(context, points, h) {
  context.lineCap = "round";
  for (const under of [true, false]) { // a dark outline, to be visible on any floor
    for (const [a, b] of BONES) {
      if (!points[a] || !points[b]) continue;
      context.lineWidth = Math.max(3, h / 90) + (under ? 3 : 0);
      context.strokeStyle = under ? "rgba(0,0,0,.55)" : colour(b);
      context.beginPath();
      context.moveTo(...points[a]);
      context.lineTo(...points[b]);
      context.stroke();
    }
  }
  points.forEach((point, i) => {
    if (!point) return;
    context.fillStyle = colour(i);
    context.beginPath();
    context.arc(...point, Math.max(3, h / 75), 0, 7);
    context.fill();
  });
}
