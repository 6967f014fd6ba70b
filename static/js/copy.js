// <button data-copy="text" data-copied="Copied"> copies the text and says so; hidden where it can not work.
const show = () => {
  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
};
show();
document.addEventListener("htmx:afterSettle", show);
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  let note = button.nextElementSibling;
  if (!note?.matches(".copied")) {
    note = document.createElement("span");
    note.className = "copied";
    note.setAttribute("role", "status");
    button.after(note);
  }
  note.textContent = "";
  requestAnimationFrame(() => { note.textContent = button.dataset.copied ?? ""; });
});
