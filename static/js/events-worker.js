// One event stream for all tabs of this browser: HTTP/1.1 gives six connections to a server, and the seventh tab would
// not even load. A SharedWorker where there is one, else a worker per tab. It remembers the newest changes, so that a
// page that was made a moment ago is told what happened since.

const KEPT = 300;
const ports = new Set();
let address = "";
let source = null;
let changes = []; // {name, id, html}
let base = ""; // we know of every change after this id
let last = "";
let pause = 1000;

function connect(after) {
  source?.close();
  source = new EventSource(after ? `${address}?after=${encodeURIComponent(after)}` : address);
  source.addEventListener("open", () => { pause = 1000; });
  source.addEventListener("change", hear);
  source.addEventListener("progress", hear);
  source.addEventListener("reset", hear);
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return; // it comes back by itself
    setTimeout(() => connect(last), pause);
    pause = Math.min(pause * 2, 15000);
  });
}

function hear({ type, lastEventId, data }) {
  const news = { name: type, id: lastEventId, html: data };
  if (type === "reset") {
    changes = [];
    base = last = lastEventId;
  } else if (type === "change") {
    changes.push(news);
    last = lastEventId;
    if (changes.length > KEPT) base = changes.shift().id;
  }
  for (const port of ports) port.postMessage(news);
}

// A page tells as of which change it was made.
function welcome(port, page) {
  address = page.events;
  if (!source) {
    base = last = page.seen;
    connect(page.seen);
  } else if (page.seen && !isKnown(page.seen)) {
    connect(""); // begins with a snapshot, for everybody
  } else {
    for (const change of changes) if (isAfter(change.id, page.seen)) port.postMessage(change);
  }
}

const epoch = (id) => id.slice(0, id.lastIndexOf("-"));
const number = (id) => Number(id.slice(id.lastIndexOf("-") + 1));
const isAfter = (id, other) => epoch(id) === epoch(other) && number(id) > number(other);
const isKnown = (id) => epoch(id) === epoch(base) && number(id) >= number(base);

function attach(port) {
  ports.add(port);
  port.onmessage = ({ data }) => {
    if (data.leaves) ports.delete(port);
    else {
      ports.add(port);
      welcome(port, data);
    }
  };
}

if ("onconnect" in self) self.onconnect = ({ ports: [port] }) => attach(port);
else attach(self);
