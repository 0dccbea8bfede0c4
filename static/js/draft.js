// What is typed at the desk stays in this browser until a song was made of it: over a reload, a closed tab, a lost connection.
// Once made it stays with this tab alone, so that the next visit begins with a fresh idea.

const PAUSE = 300; // milliseconds without a change, then it is kept
const FIELDS = ["key", "prompt", "lyrics", "title", "duration", "engine", "seed", "takes"];

let pausing;
let changed = null; // the form that was typed in since it was last kept

document.addEventListener("input", note);
document.addEventListener("change", note);
document.addEventListener("submit", keep);
addEventListener("pagehide", keep);
document.addEventListener("htmx:after:process", restore);
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => { if (isSong(ctx)) unsent(false); });
document.addEventListener("htmx:error", ({ detail: { ctx } }) => { if (ctx && isSong(ctx)) unsent(true); });
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => { if (isSong(ctx) && ctx.response.status === 201) made(); });

const isSong = (ctx) => ctx.sourceElement?.id === "song-form";

function unsent(is) {
  const words = document.getElementById("unsent");
  if (words) words.hidden = !is;
}

function note({ target }) {
  const form = target.closest?.("[data-desk]");
  if (!form || !FIELDS.includes(target.name)) return;
  changed = form;
  clearTimeout(pausing);
  pausing = setTimeout(keep, PAUSE);
}

function keep() {
  if (!changed) return;
  const values = [...new FormData(changed)].filter(([name]) => FIELDS.includes(name));
  localStorage.setItem("draft", JSON.stringify(Object.fromEntries(values)));
  changed = null;
  // what was asked for (?like=, ?preset=) is another thing now: a reload shall show this
  if (location.search && document.querySelector("[data-desk]")) history.replaceState(history.state, "", "/");
}

function made() {
  keep();
  const draft = localStorage.getItem("draft");
  if (!draft) return;
  const { key, ...values } = JSON.parse(draft); // its key made this song
  sessionStorage.setItem("draft", JSON.stringify(values));
  localStorage.removeItem("draft");
}

function restore() {
  const form = document.querySelector("[data-desk][data-new]");
  if (!form) return;
  form.removeAttribute("data-new");
  const draft = JSON.parse(localStorage.getItem("draft") ?? sessionStorage.getItem("draft"));
  for (const name of FIELDS) if (draft?.[name] !== undefined && form.elements[name]) form.elements[name].value = draft[name];
  if (!draft) return;
  for (const name of ["prompt", "lyrics", "duration"]) form.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
  form.querySelector("[name=takes]:checked")?.dispatchEvent(new Event("change", { bubbles: true }));
  changed = null; // it is kept already
}
