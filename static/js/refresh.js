// <div id="x" data-refresh="topic" data-refresh-url="…">: on "live:<topic>" fetches the page again and swaps in the part with
// the same id. For pages without htmx: waiting room, ticket on a phone. A failed fetch leaves what is shown and tries at the next one.
const busy = new Set();

async function refresh(id) {
  const part = document.getElementById(id);
  if (!part || busy.has(id)) return;
  busy.add(id);
  try {
    const response = await fetch(part.dataset.refreshUrl || location.href, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(id);
    if (fresh && fresh.innerHTML !== part.innerHTML) {
      part.replaceWith(document.adoptNode(fresh));
      document.body.dispatchEvent(new CustomEvent("refreshed", { detail: { id } }));
    }
  } catch {
    /* no connection: the next change or poll tries again */
  } finally {
    busy.delete(id);
  }
}

document.body.addEventListener("live", ({ detail }) => {
  for (const part of document.querySelectorAll("[data-refresh][id]")) {
    if (part.dataset.refresh.split(" ").includes(detail.topic)) refresh(part.id);
  }
});
