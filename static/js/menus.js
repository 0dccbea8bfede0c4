// Menus close when one looks elsewhere; toasts leave after a while, but not under a pointer or a focus.

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
document.addEventListener("submit", ({ target }) => {
  const menu = target.closest("details.menu");
  if (menu) menu.open = false;
}, true);

new MutationObserver((records) => {
  for (const { addedNodes } of records) for (const toast of addedNodes) if (toast.matches?.("[data-toast]")) watch(toast);
}).observe(document.getElementById("toasts"), { childList: true });

function watch(toast) {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? watch(toast) : toast.remove()), STAYS);
}
