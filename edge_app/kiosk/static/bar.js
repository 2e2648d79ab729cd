// The bar on top of every page: navigation, language, teacher login.
import { get, me, post } from "./api.js";
import { apply, suggest, t, toggleLanguage } from "./i18n.js";
import { askPin } from "./pin.js";

const PAGES = [["/", "station"], ["/class", "class"], ["/results", "results"], ["/settings", "settings"], ["/health", "health"]];

export async function buildBar() {
  const bar = document.querySelector(".bar");
  const links = PAGES.map(([path, key]) =>
    `<a href="${path}" data-t="${key}" ${location.pathname === path ? 'aria-current="page"' : ""}></a>`);
  bar.innerHTML = `<a class="brand" href="/">Edge Reps</a><nav>${links.join("")}</nav>
    <button class="small mute" hidden></button>
    <button class="small language" data-t="language"></button>
    <button class="small teacher"></button>`;
  bar.querySelector(".language").onclick = toggleLanguage;
  const button = bar.querySelector(".teacher");
  // Bound before anything is asked for: a click on a page that still loads is not lost.
  button.onclick = async () => {
    if ((await me()).teacher) {
      await post("/api/logout");
      location.assign("/");
    } else if (await askPin() && location.pathname !== "/") {
      location.reload(); // now the page can load what needs the PIN
    }
  };
  const show = async () => {
    const { teacher } = await me();
    button.textContent = t(teacher ? "log out" : "log in");
    document.body.classList.toggle("is-teacher", teacher);
  };
  document.addEventListener("language", show);
  document.addEventListener("teacher", show);
  const station = await get("/api/station");
  suggest(station.language);
  apply();
}
