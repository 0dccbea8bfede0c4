// Help at the desk: words that go in and out of the text with a click, the length in figures, fields that grow.

const grows = CSS.supports("field-sizing", "content");

let focused = "";

// The answer takes the form's place: to the first field that is wrong, or back to where one was.
document.addEventListener("htmx:before:swap", () => { focused = document.activeElement?.closest?.("[data-desk]") ? document.activeElement.id : ""; });
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id !== "song-form") return;
  const wrong = document.querySelector("#song-form [autofocus]");
  if (wrong) wrong.focus();
  else document.getElementById(focused)?.focus({ preventScroll: true });
});
document.addEventListener("htmx:after:process", settle);
document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-words]")) tick(target);
  if (target.matches("[data-length]")) measure(target);
  if (target.matches("textarea")) grow(target);
});
document.addEventListener("change", ({ target }) => {
  if (target.name === "word") weave(target);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("[data-desk]") ?? (event.target === document.body && document.querySelector("[data-desk]"));
  form?.requestSubmit?.(form.querySelector("#go"));
});

function settle() {
  const text = document.querySelector("[data-words]");
  if (!text) return;
  tick(text);
  for (const area of document.querySelectorAll("[data-desk] textarea")) grow(area);
}

function pattern(word) {
  return new RegExp(`(?<![\\p{L}\\p{N}-])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}-])`, "iu");
}

function tick(text) {
  for (const box of text.form.querySelectorAll("[name=word]")) box.checked = pattern(box.value).test(text.value);
}

function weave(box) {
  const text = box.form.querySelector("[data-words]");
  const row = box.closest("[data-one]");
  if (box.checked && row) for (const other of row.querySelectorAll("[name=word]")) if (other !== box) drop(text, other.value);
  if (box.checked) text.value = [...parts(text.value), box.value].join(", ");
  else drop(text, box.value);
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

function drop(text, word) {
  if (!pattern(word).test(text.value)) return;
  const left = parts(text.value).map((part) => part.replace(pattern(word), "").replace(/\s+/g, " ").trim());
  text.value = left.filter(Boolean).join(", ");
}

const parts = (value) => value.split(",").map((part) => part.trim()).filter(Boolean);

function measure(slider) {
  const [minutes, seconds] = [Math.floor(slider.value / 60), slider.value % 60];
  slider.closest("form").querySelector(`output[for=${slider.id}]`).textContent = `${minutes}:${String(seconds).padStart(2, "0")}`;
  const words = [minutes && `${minutes} minute${minutes === 1 ? "" : "s"}`, (seconds || !minutes) && `${seconds} second${seconds === 1 ? "" : "s"}`];
  slider.setAttribute("aria-valuetext", words.filter(Boolean).join(" "));
}

function grow(area) {
  if (grows) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}
