// <p id="x" data-fragment="/address/"><a href="/address/">…</a></p>: what changes by the minute on a page that is cached. Fetches the
// address and puts in the part with the same id. Without script, or when the fetch fails, the link leads to the same words.
for (const place of document.querySelectorAll("[data-fragment][id]")) {
  fetch(place.dataset.fragment, { headers: { Accept: "text/html" } })
    .then((response) => (response.ok ? response.text() : ""))
    .then((text) => {
      const part = new DOMParser().parseFromString(text, "text/html").getElementById(place.id);
      if (part) place.replaceChildren(...part.childNodes);
    })
    .catch(() => {});
}
