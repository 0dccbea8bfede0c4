// Picking songs: the rows become checkboxes, shift takes all between two, and the bar says how many and how long.
// What is picked is in the checkboxes alone; the bar's buttons send them as a form does.

let last = null; // the checkbox that was clicked before

document.addEventListener("click", (event) => {
  const { target } = event;
  const way = target.closest?.("#select, #picking-done");
  if (way ? event.button || event.ctrlKey || event.metaKey || event.shiftKey : !target.closest?.("[data-pick][aria-disabled=true]")) return;
  event.preventDefault();
  event.stopPropagation();
  if (way) turn(way.id === "select");
}, true);
document.addEventListener("click", (event) => {
  const { target } = event;
  if (!target.matches?.(".track__pick")) return;
  const all = [...document.querySelectorAll("#found .track__pick")];
  const [from, to] = [all.indexOf(last), all.indexOf(target)].sort((one, other) => one - other);
  if (event.shiftKey && from >= 0) for (const each of all.slice(from, to + 1)) each.checked = target.checked;
  last = target;
  count();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isPicking() || document.querySelector("details.menu[open], dialog[open]")) return;
  event.preventDefault();
  turn(false);
}, true);
document.addEventListener("htmx:after:swap", count);
new MutationObserver(() => { if (isPicking()) count(); }).observe(document.body, { childList: true, subtree: true });
count();

function isPicking() {
  return Boolean(document.querySelector("[data-library][data-picking]"));
}

function turn(on) {
  document.querySelector("[data-library]").toggleAttribute("data-picking", on);
  last = null;
  if (!on) for (const each of picked()) each.checked = false;
  count();
  document.getElementById(on ? "picking-done" : "select")?.focus({ preventScroll: true });
}

function picked() {
  return [...document.querySelectorAll("#found .track:not([data-leaving]) .track__pick:checked")];
}

function count() {
  const line = document.getElementById("picked");
  if (!line) return;
  const [form, all] = [line.closest("form"), picked()];
  const seconds = all.reduce((sum, each) => sum + Number(each.dataset.seconds), 0);
  const words = all.length ? `${counted(all.length, "song")}, ${span(seconds)}` : "Which songs?";
  if (line.textContent !== words) line.textContent = words;
  const isLoved = all.length && all.every((each) => each.closest(".track").querySelector("[aria-pressed=true]"));
  form.elements.favourite.value = isLoved ? "no" : "yes";
  for (const button of form.querySelectorAll("[data-pick]")) button.setAttribute("aria-disabled", String(!all.length));
  document.getElementById("pick-to-heart").setAttribute("aria-pressed", String(Boolean(isLoved)));
}

function span(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return counted(seconds, "second");
  const parts = [[Math.floor(minutes / 60), "hour"], [minutes % 60, "minute"]];
  return parts.filter(([number]) => number).map(([number, unit]) => counted(number, unit)).join(" and ");
}

function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
