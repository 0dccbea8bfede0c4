// The keyboard: letters press the buttons that are there, arrows change the volume, `?` shows the list of all keys.
// Space and ← → are the player's. Letters can be switched off, for those whose voice or reader types them.

const LOUDER = 5; // of 100
const sheet = document.getElementById("keys");
const opener = document.getElementById("keys-open");
const letters = document.getElementById("keys-letters");
const volume = document.getElementById("player-volume");
let before = null; // what had the focus when the sheet was opened
let isWanted = false; // the search, once the library is there

opener.hidden = false;
letters.checked = localStorage.getItem("keys") !== "off";
letters.addEventListener("change", () => localStorage.setItem("keys", letters.checked ? "on" : "off"));
opener.addEventListener("click", open);
document.getElementById("keys-close").addEventListener("click", () => sheet.close());
sheet.addEventListener("click", ({ target }) => { if (target === sheet) sheet.close(); }); // beside the sheet
sheet.addEventListener("close", () => {
  const again = before?.isConnected && before !== document.body ? before : document.getElementById(before?.id || "main");
  (again ?? document.getElementById("main")).focus({ preventScroll: true });
});

const acts = { "?": open, "/": search, s: select, n: () => press("player-next"), f: favourite, l: () => press("player-lyrics") };

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (key === "Escape" && target.id === "q") clear(target);
  else if (key === "?" && sheet.open) sheet.close();
  else if (sheet.open || isTyped(target)) return;
  else if (key === "ArrowUp" && isPlayers(target)) turn(LOUDER);
  else if (key === "ArrowDown" && isPlayers(target)) turn(-LOUDER);
  else if (acts[key] && letters.checked && !event.repeat) acts[key]();
  else return;
  event.preventDefault();
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!isWanted || ctx.target?.id !== "main") return;
  isWanted = false;
  find();
});

function open() {
  before = document.activeElement;
  sheet.showModal();
  document.getElementById("keys-title").focus();
}

// A slider is no text: letters do nothing in it, so they are free.
function isTyped(target) {
  return Boolean(target.matches?.("input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]"));
}

// Nothing has the focus, or the player has; sliders know the arrows themselves.
function isPlayers(target) {
  if (!isPlaying() || target.matches?.("input")) return false;
  return target === document.body || target.id === "main" || Boolean(target.closest?.("#player"));
}

function isPlaying() {
  return !document.getElementById("player").hidden;
}

function press(id) {
  if (isPlaying()) document.getElementById(id)?.click();
}

function turn(by) {
  volume.value = Number(volume.value) + by;
  volume.dispatchEvent(new Event("input", { bubbles: true }));
  say(`Volume ${volume.value} of 100`);
}

// The search is the library's: elsewhere the way leads there first.
function search() {
  const isHere = document.getElementById("q") && !document.querySelector("[data-picking]");
  if (isHere) return find();
  isWanted = true;
  document.querySelector("#nav [data-page=library]").click();
}

function find() {
  const field = document.getElementById("q");
  field?.focus();
  field?.select();
}

function clear(field) {
  if (!field.value) return field.blur();
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function select() {
  document.getElementById(document.querySelector("[data-picking]") ? "picking-done" : "select")?.click();
}

function favourite() {
  const heart = isPlaying() && document.querySelector("#player-favourite button");
  if (!heart) return;
  const isFavourite = heart.getAttribute("aria-pressed") === "true";
  heart.click();
  say(isFavourite ? "No favourite any more" : "Favourite");
}

function say(words) {
  document.getElementById("announce").textContent = words;
}
