// <form data-unsaved>: whoever leaves with something typed and not sent is asked first, by the browser and in its words.
// data-unsaved="typed": the page came back with what was typed, so it is unsent from the start.
const unsent = new Set(document.querySelectorAll('[data-unsaved="typed"]'));

document.addEventListener("input", ({ target }) => {
  const form = target.form ?? target.closest?.("form");
  if (form?.matches("[data-unsaved]")) unsent.add(form);
});

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) unsent.delete(event.target);
});

addEventListener("beforeunload", (event) => {
  if (unsent.size) event.preventDefault();
});
