// A request of htmx that fails says so in the live region #messages; what was typed stays on the screen.
function say(words) {
  const region = document.getElementById("messages");
  if (!region || !words) return;
  const note = document.createElement("p");
  note.className = "message message-error";
  note.textContent = words;
  region.replaceChildren(note);
  region.scrollIntoView({ block: "nearest" });
}
const words = () => document.getElementById("messages")?.dataset ?? {};

document.addEventListener("htmx:sendError", () => say(words().lost));
document.addEventListener("htmx:timeout", () => say(words().lost));
document.addEventListener("htmx:responseError", ({ detail }) => {
  const status = detail.xhr.status;
  say(status === 401 || status === 403 ? words().signedOut : words().failed);
});
