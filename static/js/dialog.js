// <button data-dialog="some-id"> opens that <dialog>; a click on its backdrop or [data-close] closes it. Focus returns by itself.
document.querySelectorAll("[data-dialog][hidden]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog)?.showModal();
    return;
  }
  const dialog = event.target.closest?.("dialog[open]");
  if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) dialog.close();
});
