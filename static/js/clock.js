// <time data-clock="America/Santiago" data-now="…">: the hour at a place, from the server's clock, not this device's.
for (const element of document.querySelectorAll("[data-clock]")) {
  const zero = Date.parse(element.dataset.now) - performance.now();
  const hour = new Intl.DateTimeFormat("es-CL", { timeZone: element.dataset.clock, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  setInterval(() => { element.textContent = hour.format(new Date(zero + performance.now())); }, 1000);
}
