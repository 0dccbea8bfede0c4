// Ink or paper: the server remembers it and writes it into the next page; here it changes the page that is open.

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-mood-switch]") || !event.submitter) return;
  document.documentElement.dataset.mood = event.submitter.value;
  for (const button of event.target.querySelectorAll("button")) if (button !== event.submitter) button.focus();
});
