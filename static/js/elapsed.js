// <time data-since="…" data-now="…"> keeps counting. data-now is the server's time as it drew it: this device's clock is not trusted.
// data-late="600" adds the class is-late after so many seconds.
const begun = new WeakMap();

function started(element) {
  if (!begun.has(element) || begun.get(element).since !== element.dataset.since) {
    const before = Date.parse(element.dataset.now ?? "") - Date.parse(element.dataset.since);
    const known = Number.isFinite(before) ? before : Date.now() - Date.parse(element.dataset.since);
    begun.set(element, { since: element.dataset.since, zero: performance.now() - known });
  }
  return begun.get(element).zero;
}

function words(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function tick() {
  for (const element of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((performance.now() - started(element)) / 1000));
    element.textContent = words(seconds);
    if (element.dataset.late) element.classList.toggle("is-late", seconds >= Number(element.dataset.late));
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:afterSettle", tick);
