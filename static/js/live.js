// Puts what the server sends into the page: the stream's events and the answers to small forms speak the same language,
//   <template data-swap="upsert|replace|remove|inner" data-id data-target data-at="start|end|order" data-say>…</template>
// upsert: in place where the element is already in the target, else at its place there; gone where no target is shown.

const said = new Map();
const port = stream();
let seen = "";

look();
port.onmessage = ({ data }) => hear(data);
addEventListener("pagehide", () => port.postMessage({ leaves: true }));
addEventListener("pageshow", (event) => { if (event.persisted) look(); });

// <main> came fresh from the server: catch up with what happened while it was on its way.
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx.target?.id === "main") look();
  const { target } = event.detail.ctx;
  if (target?.dataset?.say) say(target.id, target.dataset.say);
});

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.hasAttribute("data-apply") && ctx.response.status < 400) apply(ctx.text);
});

function stream() {
  const address = document.body.dataset.worker;
  if (!("SharedWorker" in window)) return new Worker(address);
  const worker = new SharedWorker(address, { name: "events" });
  return worker.port;
}

function look() {
  seen = document.getElementById("main").dataset.seen;
  port.postMessage({ events: document.body.dataset.events, seen });
}

function hear({ name, id, html }) {
  if (name === "change" && !isNews(id)) return;
  if (name !== "progress") seen = id;
  apply(html);
  if (name !== "progress") document.dispatchEvent(new Event("line"));
}

function isNews(id) {
  const [epoch, number] = split(id);
  const [ours, read] = split(seen);
  return epoch !== ours || number > read;
}

function split(id) {
  const cut = id.lastIndexOf("-");
  return [id.slice(0, cut), Number(id.slice(cut + 1))];
}

function apply(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const held = hold(document.activeElement);
  for (const piece of box.content.querySelectorAll("template[data-swap]")) swap(piece);
  if (held.ids.length && document.activeElement === document.body) focusAgain(held);
}

function swap(piece) {
  const { swap: way, id, target, at, say: words } = piece.dataset;
  const old = id ? document.getElementById(id) : null;
  const fresh = piece.content.firstElementChild;
  if (fresh) for (const field of piece.content.querySelectorAll("input[name=csrf]")) field.value ||= document.body.dataset.csrf;
  if (way === "remove") leave(old);
  else if (way === "inner") fill(document.getElementById(target), piece.content);
  else if (way === "replace") replace(old, fresh);
  else {
    const place = target.split(" ").map((name) => document.getElementById(name)).find(Boolean);
    if (!place) old?.remove();
    else if (old && place.contains(old)) replace(old, fresh);
    else {
      old?.remove();
      insert(place, fresh, at);
    }
  }
  if (words) say(id, words);
}

function replace(old, fresh) {
  if (!old || !fresh || old.isEqualNode(fresh)) return;
  keep(old, fresh);
  old.replaceWith(fresh);
  htmx.process(fresh);
}

// Somebody may be typing in an open menu: what is open stays open, what is typed stays typed, what is picked picked.
function keep(old, fresh) {
  fresh.removeAttribute("data-fresh");
  const [pick, again] = [old, fresh].map((each) => each.querySelector(".track__pick"));
  if (pick && again) again.checked = pick.checked;
  for (const open of old.querySelectorAll("details[open][id]")) {
    const again = fresh.querySelector(`#${CSS.escape(open.id)}`);
    if (again) again.open = true;
    for (const field of open.querySelectorAll("input[id]")) {
      const next = fresh.querySelector(`#${CSS.escape(field.id)}`);
      if (next && field.value !== field.defaultValue) next.value = field.value;
    }
  }
}

function insert(place, fresh, at) {
  if (at === "order") {
    const order = Number(fresh.dataset.order);
    const after = [...place.children].find((child) => Number(child.dataset.order) < order);
    place.insertBefore(fresh, after ?? null);
  } else if (at === "start") place.prepend(fresh);
  else place.append(fresh);
  const most = Number(place.dataset.most);
  while (most && place.children.length > most) place.lastElementChild.remove();
  htmx.process(fresh);
}

function fill(place, content) {
  if (!place) return;
  place.replaceChildren(content);
  htmx.process(place);
}

function leave(element) {
  if (!element) return;
  element.dataset.leaving = "";
  element.removeAttribute("id");
  if (element.contains(document.activeElement)) focusOn(neighbour(element) ?? document.getElementById("main"));
  setTimeout(() => element.remove(), matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200);
}

// What has the focus, and in what it stands: by name, because the element itself may be another one in a moment.
function hold(element) {
  const ids = [];
  for (let each = element; each; each = each.parentElement) if (each.id) ids.push(each.id);
  const { selectionStart: start = null, selectionEnd: end } = element ?? {};
  return { ids, start, end };
}

// To the same thing again; where that is gone, to what stands nearest around it.
function focusAgain({ ids, start, end }) {
  for (const id of ids) {
    const again = document.getElementById(id);
    const target = again && (again.closest("details:not([open])")?.querySelector("summary") ?? reachable(again));
    if (!target || !focusOn(target)) continue;
    if (id === ids[0] && start !== null) target.setSelectionRange?.(start, end);
    return;
  }
  document.getElementById("main").focus({ preventScroll: true });
}

function neighbour(element) {
  for (const way of ["nextElementSibling", "previousElementSibling"]) {
    for (let each = element[way]; each; each = each[way]) {
      const target = "leaving" in each.dataset ? null : reachable(each);
      if (target) return target;
    }
  }
  return null;
}

function reachable(element) {
  const wanted = "a[href], button:not(:disabled), summary, input:not([type=hidden], :disabled), textarea, select, [tabindex]";
  return [element, ...element.querySelectorAll(wanted)].find((each) => each.matches(wanted) && each.checkVisibility());
}

function focusOn(target) {
  target.focus({ preventScroll: true });
  return document.activeElement === target;
}

// One polite line, and only when there is something new to say about a thing.
function say(id, words) {
  if (said.get(id) === words) return;
  said.set(id, words);
  document.getElementById("announce").textContent = words;
}
