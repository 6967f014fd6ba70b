// <button data-print hidden> prints the page; <body data-print-now> prints as soon as it is drawn.
document.querySelectorAll("[data-print][hidden]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) print();
});
if ("printNow" in document.body.dataset) document.fonts.ready.then(() => print());
