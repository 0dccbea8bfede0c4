// While browsing only <main> is swapped: this keeps what stands around it true, and remembers what was folded open.

document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx.target?.id !== "main") return;
  const main = document.getElementById("main");
  for (const link of document.querySelectorAll("#nav [data-page]")) {
    if (link.dataset.page === main.dataset.page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!main.contains(document.activeElement)) main.focus({ preventScroll: true });
});

document.addEventListener("htmx:after:process", (event) => unfold(event.target));
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.("details[data-keep]")) localStorage.setItem(`open.${target.id}`, target.open ? "yes" : "");
}, true);

function unfold(root) {
  for (const details of root.querySelectorAll?.("details[data-keep]") ?? []) {
    if (localStorage.getItem(`open.${details.id}`)) details.open = true;
  }
}
