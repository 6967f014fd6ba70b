// g and then a letter goes to the link with data-go="letter": the two keys come within a second and a half of each other.
// Where g itself does something on the page (data-key="g"), that is what it does.
const WAIT = 1500;
const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
const shown = (element) => element.getClientRects().length > 0;
let since = -Infinity;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.timeStamp - since < WAIT) {
    since = -Infinity;
    const link = [...document.querySelectorAll("[data-go]")].find((one) => one.dataset.go === event.key);
    if (!link) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // the letter alone may mean something else here
    link.click();
  } else if (event.key === "g" && ![...document.querySelectorAll('[data-key="g"]')].some(shown)) {
    since = event.timeStamp;
  }
}, { capture: true });
