// The live picture and the skeleton that was seen in it, on one canvas.
const BONES = [
  [1, 2], [1, 5], [2, 3], [3, 4], [5, 6], [6, 7], [1, 8], [8, 9], [9, 10], [1, 11], [11, 12],
  [12, 13], [1, 0], [0, 14], [14, 16], [0, 15], [15, 17],
];
const RIGHT = new Set([2, 3, 4, 8, 9, 10, 14, 16]);
const LEFT = new Set([5, 6, 7, 11, 12, 13, 15, 17]);
const SEEN = 0.1;
const decoder = new TextDecoder();

export class Picture {
  /** Draws into a canvas and keeps drawing; `shown` counts pictures. */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.shown = 0;
    this.connect();
  }

  connect() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/pictures`);
    socket.binaryType = "arraybuffer";
    socket.onmessage = async (event) => {
      const length = new DataView(event.data).getUint16(0);
      const head = JSON.parse(decoder.decode(new Uint8Array(event.data, 2, length)));
      const jpeg = new Blob([new Uint8Array(event.data, 2 + length)], { type: "image/jpeg" });
      const image = await createImageBitmap(jpeg);
      this.draw(image, head);
      image.close();
      if (socket.readyState === WebSocket.OPEN) socket.send("next");
    };
    socket.onclose = () => setTimeout(() => this.connect(), 1000);
  }

  draw(image, head) {
    const { canvas, context } = this;
    if (canvas.width !== head.w || canvas.height !== head.h) {
      canvas.width = head.w;
      canvas.height = head.h;
      canvas.parentElement.style.setProperty("--ratio", `${head.w} / ${head.h}`);
    }
    context.drawImage(image, 0, 0);
    if (head.pose.length) this.skeleton(head.pose, head.w, head.h);
    this.shown += 1;
  }

  skeleton(pose, w, h) {
    const { context } = this;
    const point = (i) => (pose[3 * i + 2] >= SEEN ? [pose[3 * i] * w, pose[3 * i + 1] * h] : null);
    const colour = (i) => (LEFT.has(i) ? "#ff9f4a" : RIGHT.has(i) ? "#4ab8ff" : "#ffffff");
    context.lineCap = "round";
    for (const under of [true, false]) { // a dark rim, so that it shows on any floor
      for (const [a, b] of BONES) {
        const from = point(a), to = point(b);
        if (!from || !to) continue;
        context.lineWidth = Math.max(3, h / 90) + (under ? 3 : 0);
        context.strokeStyle = under ? "rgba(0,0,0,.55)" : colour(b);
        context.beginPath();
        context.moveTo(...from);
        context.lineTo(...to);
        context.stroke();
      }
    }
    for (let i = 0; i < 18; i += 1) {
      const at = point(i);
      if (!at) continue;
      context.fillStyle = colour(i);
      context.beginPath();
      context.arc(...at, Math.max(3, h / 75), 0, 7);
      context.fill();
    }
  }
}
