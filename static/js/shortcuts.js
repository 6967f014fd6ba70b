// data-key="/" on a field focuses it, on a link or button presses it; "?" lists them all in the dialog #shortcuts.
const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const nameOf = (element) => {
  const label = element.dataset.keyLabel || element.getAttribute("aria-label") || element.labels?.[0]?.textContent;
  if (label) return label.trim();
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd").forEach((kbd) => kbd.remove());
  return copy.textContent.trim() || element.placeholder || "";
};
const offered = (element) => !element.disabled && element.getClientRects().length > 0;

function find(key) {
  return [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === key && offered(element));
}

function list() {
  const keys = document.querySelector("[data-keys-list]");
  if (!keys) return;
  keys.querySelectorAll("[data-listed]").forEach((row) => row.remove());
  for (const element of document.querySelectorAll("[data-key]")) {
    if (!offered(element)) continue;
    const row = document.createElement("div");
    row.dataset.listed = "";
    const term = document.createElement("dt");
    const kbd = document.createElement("kbd");
    kbd.className = "key";
    kbd.textContent = element.dataset.key;
    const words = document.createElement("dd");
    words.textContent = nameOf(element);
    term.append(kbd);
    row.append(term, words);
    keys.append(row);
  }
}

document.querySelectorAll('[data-key="?"][hidden]').forEach((button) => { button.hidden = false; });
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.key === "Escape" && typing(event.target)) event.target.blur();
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const element = find(event.key);
  if (!element) return;
  event.preventDefault();
  if (event.key === "?") list();
  if (element.matches("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select")) {
    element.focus();
    element.select?.();
  } else {
    element.focus();
    element.click();
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.('[data-key="?"]')) list();
});
