// What stands in a box of code is copied by the button above it, where the browser lets a page copy.

if (navigator.clipboard) document.documentElement.dataset.copies = "";

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.closest("figure").querySelector("pre").textContent);
  document.getElementById("announce").textContent = "Copied";
  button.firstChild.textContent = "Copied";
  setTimeout(() => { button.firstChild.textContent = "Copy"; }, 2000);
});
