// Help at the desk: words that go in and out of the text with a click, what was understood of it, the length in figures,
// fields that grow. What a click changes in the text can be undone like typing.

const grows = CSS.supports("field-sizing", "content");

const SETTLED = 1200; // milliseconds without a change, then it is said what was understood

let focused = "";
let part = ""; // of what was understood: where the focus was, and which menu was open
let open = "";
let asked = ""; // the text that a correction was asked for
let settling;

// The answer takes the form's place: to the first field that is wrong, or back to where one was.
document.addEventListener("htmx:before:swap", () => { focused = document.activeElement?.closest?.("[data-desk]") ? document.activeElement.id : ""; });
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id !== "heard") return;
  part = document.activeElement?.closest("#heard details")?.id ?? "";
  open = ctx.target.querySelector("details[open]")?.id ?? "";
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id === "heard") hear(ctx.target);
  if (ctx.target?.id === "prompt") tell(document.getElementById("prompt")); // another idea
  if (ctx.target?.id !== "song-form") return;
  const wrong = document.querySelector("#song-form [autofocus]");
  if (wrong) wrong.focus();
  else document.getElementById(focused)?.focus({ preventScroll: true });
});
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.name === "correction") asked = document.getElementById("prompt").value;
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
  const { line } = event.target.dataset ?? {};
  if (line && event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    document.getElementById(line).click();
  }
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
  let { value } = text;
  if (row) for (const other of row.querySelectorAll("[name=word]")) if (other !== box) value = without(value, other.value);
  value = box.checked ? [...parts(value), box.value].join(", ") : without(value, box.value);
  write(text, value);
}

function without(value, word) {
  if (!pattern(word).test(value)) return value;
  return parts(value).map((part) => part.replace(pattern(word), "").replace(/\s+/g, " ").trim()).filter(Boolean).join(", ");
}

// The line that tells what was understood is new: its text may be the wish after a correction.
function hear(heard) {
  const { text, say } = heard.firstElementChild?.dataset ?? {};
  const own = (id) => id && document.getElementById(id);
  const prompt = document.getElementById("prompt");
  if (text !== undefined && prompt.value === asked) write(prompt, text); // else somebody has typed on
  else if (own(open)) own(open).open = true;
  if (part) (own(part) ?? [...heard.querySelectorAll("details")].at(-1))?.querySelector("summary").focus({ preventScroll: true });
  clearTimeout(settling);
  settling = setTimeout(() => { if (say) document.getElementById("announce").textContent = say; }, SETTLED);
}

// Only what differs is written, as if typed, so that undo takes back just that; fingers would see the keyboard jump up.
function write(area, text) {
  const old = area.value;
  const most = Math.min(old.length, text.length);
  let [begin, end] = [0, 0];
  while (begin < most && old[begin] === text[begin]) begin += 1;
  while (end < most - begin && old.at(-1 - end) === text.at(-1 - end)) end += 1;
  if (begin + end === old.length && old.length === text.length) return;
  const [words, back] = [text.slice(begin, text.length - end), document.activeElement];
  if (matchMedia("(pointer: fine)").matches) {
    area.focus({ preventScroll: true });
    area.setSelectionRange(begin, old.length - end);
    document.execCommand(words ? "insertText" : "delete", false, words);
    back?.focus({ preventScroll: true });
  }
  if (area.value === text) return;
  area.value = text;
  tell(area);
}

function tell(area) {
  area.dispatchEvent(new Event("input", { bubbles: true }));
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
