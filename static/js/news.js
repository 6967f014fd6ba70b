// <p class="news" data-news="topic" hidden>: what is new announces itself and waits; it never changes what is being read.
document.body.addEventListener("live", ({ detail }) => {
  if (detail.polled) return; // while polling nobody knows whether something changed
  for (const note of document.querySelectorAll("[data-news]")) {
    if (note.dataset.news.split(" ").includes(detail.topic)) note.hidden = false;
  }
});
