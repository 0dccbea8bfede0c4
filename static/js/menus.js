// Menus open where there is room and close when one looks elsewhere; toasts leave after a while, but not under a pointer or a focus.

const STAYS = 9000; // milliseconds

document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target) || target.closest("a")) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("toggle", ({ target: menu }) => {
  if (!menu.matches?.("details.menu") || !menu.open) return;
  menu.removeAttribute("data-up");
  const floor = innerHeight - document.getElementById("player").offsetHeight - document.getElementById("nav").offsetHeight;
  const panel = menu.querySelector(".menu__panel").getBoundingClientRect();
  menu.toggleAttribute("data-up", panel.bottom > floor && menu.getBoundingClientRect().top > panel.height);
}, true);
document.addEventListener("submit", ({ target }) => {
  const menu = target.closest("details.menu");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}, true);

new MutationObserver((records) => {
  for (const { addedNodes } of records) for (const toast of addedNodes) if (toast.matches?.("[data-toast]")) watch(toast);
}).observe(document.getElementById("toasts"), { childList: true });

function watch(toast) {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? watch(toast) : toast.remove()), STAYS);
}
