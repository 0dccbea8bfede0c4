// The words of what plays, over the page: opened and closed in the player, closed with Escape. On a phone they fill the
// screen, and the page behind them rests.

const words = document.getElementById("player-words");
const opener = document.getElementById("player-lyrics");
const player = document.getElementById("player");
const phone = matchMedia("(max-width: 39.99rem)");
let before = null; // what had the focus when they were opened

opener.addEventListener("click", () => (words.hidden ? open() : close()));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || words.hidden || document.querySelector("dialog[open], details.menu[open]")) return;
  event.preventDefault();
  close();
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id !== "main") return;
  if (phone.matches) close();
  else rest();
});
document.addEventListener("htmx:after:process", ({ target }) => { if (target === words) words.scrollTop = 0; }); // another song
phone.addEventListener("change", rest);
new MutationObserver(() => { if (player.hidden) close(); }).observe(player, { attributeFilter: ["hidden"] });

function open() {
  before = document.activeElement;
  show(true);
  words.scrollTop = 0;
  const sung = words.querySelector("[aria-current]");
  if (sung) words.scrollTop = sung.offsetTop - words.clientHeight * 0.42;
  words.focus({ preventScroll: true });
}

function close() {
  if (words.hidden) return;
  const isHere = words.contains(document.activeElement) || document.activeElement === document.body;
  show(false);
  if (isHere) (before?.isConnected && before !== document.body ? before : opener).focus({ preventScroll: true });
}

function show(isOpen) {
  words.hidden = !isOpen;
  opener.setAttribute("aria-expanded", String(isOpen));
  rest();
}

function rest() {
  document.getElementById("main").inert = !words.hidden && phone.matches;
}
