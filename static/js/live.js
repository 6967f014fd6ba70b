// <body data-live-url="…" data-live-topics="queue:7 case:…" data-live-poll="10">: the stream says only that a topic changed.
// Each "changed" message (a topic, or JSON with one) becomes the event "live:<topic>" on <body>; while the stream is
// broken every topic is announced every few seconds instead, with detail.polled, so the screen stays true either way.
const { liveUrl, liveTopics = "", livePoll = "10" } = document.body.dataset;
const topics = liveTopics.split(/[\s,]+/).filter(Boolean);
const state = document.querySelector("[data-live-state]");
let polling = 0;

function announce(topic, detail = {}) {
  document.body.dispatchEvent(new CustomEvent(`live:${topic}`, { detail }));
  document.body.dispatchEvent(new CustomEvent("live", { detail: { ...detail, topic } }));
}

function poll(on) {
  document.body.dataset.live = on ? "polling" : "streaming";
  if (state) {
    state.hidden = !on;
    state.textContent = on ? state.dataset.broken : "";
  }
  if (on && !polling) {
    polling = setInterval(() => {
      if (!document.hidden) topics.forEach((topic) => announce(topic, { polled: true }));
    }, Number(livePoll) * 1000);
  } else if (!on && polling) {
    clearInterval(polling);
    polling = 0;
  }
}

function read(data) {
  try {
    const message = JSON.parse(data);
    return typeof message === "object" ? message : { topic: String(message) };
  } catch {
    return { topic: data };
  }
}

function listen(wait = 1000) {
  const address = new URL(liveUrl, location.href);
  address.searchParams.set("topics", topics.join(","));
  const stream = new EventSource(address, { withCredentials: true });
  let opened = false;
  const heard = ({ data }) => {
    const message = read(data);
    if (message.topic) announce(message.topic, message);
  };
  stream.addEventListener("open", () => {
    if (polling) topics.forEach((topic) => announce(topic, { polled: true })); // what was missed meanwhile
    opened = true;
    poll(false);
  });
  stream.addEventListener("changed", heard);
  stream.addEventListener("message", heard);
  stream.addEventListener("error", () => {
    poll(true);
    if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    const next = opened ? 1000 : Math.min(wait * 2, 60000);
    setTimeout(() => listen(next), next * (0.5 + Math.random()));
  });
  addEventListener("pagehide", () => stream.close(), { once: true });
}

if (topics.length) {
  if (liveUrl) listen();
  else poll(true);
}
