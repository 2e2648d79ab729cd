// The count aloud: spoken where the browser has a voice, beeped otherwise. A fault sounds different.
import { currentLanguage, sentence } from "./i18n.js";

let context = null;
let mode = "voice";
let muted = localStorage.getItem("muted") === "yes";

/** Browsers are silent until somebody has touched the page. */
export function wake() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}

export const silent = () => muted || mode === "off";
export const asleep = () => !silent() && context?.state !== "running";
export function setMode(value) { mode = value; }
export function toggleMute() {
  muted = !muted;
  localStorage.setItem("muted", muted ? "yes" : "no");
  if (muted) globalThis.speechSynthesis?.cancel();
  return muted;
}

function tone(hertz, seconds, type = "sine", after_s = 0, loud = 0.35) {
  if (silent() || context?.state !== "running") return;
  const start = context.currentTime + after_s;
  const oscillator = new OscillatorNode(context, { type, frequency: hertz });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.linearRampToValueAtTime(loud, start + 0.008);
  gain.gain.setValueAtTime(loud, start + seconds - 0.03);
  gain.gain.linearRampToValueAtTime(0, start + seconds);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + seconds);
}

function speak(text) {
  const wanted = currentLanguage() === "zh" ? "zh" : "en";
  const voice = globalThis.speechSynthesis?.getVoices().find((v) => v.lang.startsWith(wanted));
  if (mode !== "voice" || silent() || !voice) return false;
  speechSynthesis.cancel(); // the newest count is the one that matters
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang;
  words.rate = 1.25;
  speechSynthesis.speak(words);
  return true;
}

export function counted(count) {
  if (!speak(String(count))) tone(880, 0.14);
}

export function fault(reason) {
  tone(196, 0.32, "square", 0, 0.2);
  tone(147, 0.38, "square", 0.3, 0.2);
  speak(sentence(reason));
}

export const tick = () => tone(523, 0.1);
export const go = () => tone(1047, 0.5);
export const beat = () => tone(660, 0.06, "triangle");
export function end() { tone(784, 0.25); tone(587, 0.6, "sine", 0.28); }
