// The count aloud: spoken if the browser has a voice, else a beep. A fault sounds different.
import { currentLanguage, sentence } from "./i18n.js";

let context = null;
let mode = "voice";
let mats = 1;
let muted = localStorage.getItem("muted") === "yes";

/** Whether sound is blocked: browsers stay silent until somebody touches the page. */
export function wake() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}

export const silent = () => muted || mode === "off";
export const asleep = () => !silent() && context?.state !== "running";
export function setMode(value, count) { mode = value; mats = count; }
export function toggleMute() {
  muted = !muted;
  localStorage.setItem("muted", muted ? "yes" : "no");
  if (muted) globalThis.speechSynthesis?.cancel();
  return muted;
}

/** With two mats, the left one sounds lower and from the left, the right one higher and from the right. */
function tone(mat, hertz, seconds, type = "sine", after_s = 0, loud = 0.35) {
  if (silent() || context?.state !== "running") return;
  const start = context.currentTime + after_s;
  const side = mats > 1 ? 2 * mat - 3 : 0;
  const oscillator = new OscillatorNode(context, { type, frequency: hertz * (1 + 0.12 * side) });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.linearRampToValueAtTime(loud, start + 0.008);
  gain.gain.setValueAtTime(loud, start + seconds - 0.03);
  gain.gain.linearRampToValueAtTime(0, start + seconds);
  const panner = new StereoPannerNode(context, { pan: 0.8 * side });
  oscillator.connect(gain).connect(panner).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + seconds);
}

function speak(text) {
  const wanted = currentLanguage() === "zh" ? "zh" : "en";
  const voice = globalThis.speechSynthesis?.getVoices().find((v) => v.lang.startsWith(wanted));
  // Two spoken counts would cut each other off: with two mats, play tones.
  if (mode !== "voice" || mats > 1 || silent() || !voice) return false;
  speechSynthesis.cancel(); // only the newest count matters
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang;
  words.rate = 1.25;
  speechSynthesis.speak(words);
  return true;
}

export function counted(count, mat) {
  if (!speak(String(count))) tone(mat, 880, 0.14);
}

export function fault(reason, mat) {
  tone(mat, 196, 0.32, "square", 0, 0.2);
  tone(mat, 147, 0.38, "square", 0.3, 0.2);
  speak(sentence(reason));
}

export const tick = (mat) => tone(mat, 523, 0.1);
export const go = (mat) => tone(mat, 1047, 0.5);
export const beat = (mat) => tone(mat, 660, 0.06, "triangle");
export function end(mat) { tone(mat, 784, 0.25); tone(mat, 587, 0.6, "sine", 0.28); }
