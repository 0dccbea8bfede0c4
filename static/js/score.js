// One song's page: seek in the large waveform, and light the line that is sung.

document.addEventListener("input", ({ target }) => {
  if (target.id !== "score-seek") return;
  const id = target.closest("[data-track]").dataset.track;
  const at = Number(target.value);
  if (document.getElementById("player").dataset.track === id) document.getElementById("audio").currentTime = at;
  else document.dispatchEvent(new CustomEvent("player:start", { detail: { id, at } }));
});

document.addEventListener("player:at", ({ detail: { id, at } }) => {
  const score = document.getElementById("score");
  if (score?.dataset.track !== id) return;
  const seek = document.getElementById("score-seek");
  seek.value = at;
  seek.setAttribute("aria-valuetext", document.getElementById("player-seek").getAttribute("aria-valuetext"));
  const lines = [...document.querySelectorAll(".lyrics__line[data-start]")];
  const sung = lines.filter((line) => Number(line.dataset.start) <= at).pop();
  for (const line of lines) {
    if (line === sung) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
});
