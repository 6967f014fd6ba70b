// Says what is called: [data-call="id:times" data-say="…"] once per call. A button [data-voice] turns the voice on, as browsers ask
// for a gesture first; the choice is kept on this device.
const button = document.querySelector("[data-voice]");
const said = new Set([...document.querySelectorAll("[data-call]")].map((call) => call.dataset.call));
const on = () => button?.getAttribute("aria-pressed") === "true";

function say(words) {
  const speech = new SpeechSynthesisUtterance(words);
  speech.lang = document.documentElement.lang === "es" ? "es-CL" : "en";
  speech.rate = 0.9;
  speechSynthesis.speak(speech);
}

function announce() {
  for (const call of [...document.querySelectorAll("[data-call]")].reverse()) {
    if (said.has(call.dataset.call)) continue;
    said.add(call.dataset.call);
    if (on()) say(call.dataset.say);
  }
}

function show() {
  button.textContent = on() ? button.dataset.on : button.dataset.off;
}

if (button && "speechSynthesis" in window) {
  button.dataset.off = button.textContent;
  button.setAttribute("aria-pressed", String(localStorage.getItem("voice") === "on"));
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(!on()));
    localStorage.setItem("voice", on() ? "on" : "off");
    show();
    if (on()) say(button.dataset.on);
  });
}
document.body.addEventListener("refreshed", announce);
