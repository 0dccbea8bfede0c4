// Many links, one stop of the tab key: inside [data-rove] the arrows go from one to the next. A song of a hundred lines
// is passed with one press, and read line by line by those who want to.

const WAYS = { ArrowDown: 1, ArrowUp: -1 };

document.addEventListener("htmx:after:process", ({ target }) => {
  for (const group of groups(target)) if (!group.querySelector("a[tabindex='0']")) stop(group, group.querySelector("a"));
});
document.addEventListener("focusin", ({ target }) => {
  const group = target.closest?.("[data-rove]");
  if (group && target.matches("a")) stop(group, target);
});
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const group = target.closest?.("[data-rove]");
  if (!group || !target.matches("a") || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...group.querySelectorAll("a")];
  const to = key === "Home" ? links[0] : key === "End" ? links.at(-1) : links[links.indexOf(target) + WAYS[key]];
  if (!WAYS[key] && key !== "Home" && key !== "End") return;
  event.preventDefault();
  to?.focus();
});

function groups(root) {
  const within = [...(root.querySelectorAll?.("[data-rove]") ?? [])];
  return root.matches?.("[data-rove]") ? [root, ...within] : within;
}

function stop(group, link) {
  for (const other of group.querySelectorAll("a")) other.setAttribute("tabindex", other === link ? "0" : "-1");
}
