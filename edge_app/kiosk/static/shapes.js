// Verdicts differ in shape as well as in colour: a circle with a tick, an octagon with a cross.
export const GOOD = `<svg viewBox="0 0 100 100" class="mark" role="img"><circle cx="50" cy="50" r="46" fill="var(--good)"/>
<path d="M27 52l16 17 31-36" fill="none" stroke="var(--card)" stroke-width="12" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
export const BAD = `<svg viewBox="0 0 100 100" class="mark" role="img"><path d="M31 4h38l27 27v38l-27 27H31L4 69V31z" fill="var(--bad)"/>
<path d="M33 33l34 34M67 33L33 67" stroke="var(--card)" stroke-width="12" stroke-linecap="round"/></svg>`;
export const NONE = `<svg viewBox="0 0 100 100" class="mark" aria-hidden="true"><circle cx="50" cy="50" r="42" fill="none" stroke="var(--line)" stroke-width="8"/></svg>`;
export const FREE_STRIKE = `<svg viewBox="0 0 100 100" class="mark" aria-hidden="true"><path d="M31 6h38l25 25v38L69 94H31L6 69V31z" fill="none" stroke="var(--soft)" stroke-width="7"/></svg>`;

/** Escapes text for HTML. */
export function escaped(text) {
  return String(text ?? "").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** A mark behind the time of an attempt that was recorded under a wrong clock. */
export const unsure = (attempt) => (attempt.clock === "untrusted" ? " ?" : "");
