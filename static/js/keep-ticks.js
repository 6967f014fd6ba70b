// <fieldset id="x" data-keep-ticks>: an answer asked for before the last tick does not take that tick back. What is ticked when it
// arrives stays ticked; a row that it no longer brings is kept, first.
const held = new Map();

document.addEventListener("htmx:beforeSwap", ({ target }) => {
  if (target.matches?.("[data-keep-ticks]")) held.set(target.id, [...target.querySelectorAll("input[type=checkbox]:checked")]);
});

document.addEventListener("htmx:afterSwap", () => {
  for (const [id, ticked] of held) {
    const part = document.getElementById(id);
    if (!part) continue;
    for (const box of part.querySelectorAll("input[type=checkbox]")) box.checked = ticked.some(({ value }) => value === box.value);
    const lost = ticked.filter((box) => !part.querySelector(`#${CSS.escape(box.id)}`));
    part.querySelector(".choices")?.prepend(...lost.map((box) => box.closest(".choice")));
  }
  held.clear();
});
