// In a [data-list], j and k move along its [data-row]s, Enter opens the row's first link, and x ticks its [data-select].
// A click on a row opens it too, but for a data-row="keys", whose first button does something rather than open it.
const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
const linkOf = (row) => row.querySelector("a[href], button");

function move(step) {
  const rows = [...document.querySelectorAll("[data-list] [data-row]")].filter((row) => linkOf(row) && row.getClientRects().length);
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
  linkOf(next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function select() {
  const box = document.activeElement?.closest?.("[data-list] [data-row]")?.querySelector("[data-select]");
  if (box) {
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return Boolean(box);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    move(event.key === "j" ? 1 : -1);
  } else if (event.key === "x" && !event.repeat && select()) {
    event.preventDefault();
  }
});

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-list] [data-row]:not([data-row=keys])");
  if (!row || event.target.closest("a, button, input, label, select, summary") || String(getSelection())) return;
  linkOf(row)?.click();
});
