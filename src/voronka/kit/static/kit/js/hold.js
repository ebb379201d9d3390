// While Alt is held every key cap on the screen speaks up, and the sections of the top bar show their numbers.

const root = document.documentElement;
let timer = 0;
const off = () => { clearTimeout(timer); delete root.dataset.hold; };
document.addEventListener("keydown", (event) => {
  if (event.key !== "Alt") { if (!event.altKey) off(); return; }
  if (!event.repeat) timer = setTimeout(() => { root.dataset.hold = "keys"; }, 250);
});
document.addEventListener("keyup", (event) => { if (event.key === "Alt") { if ("hold" in root.dataset) event.preventDefault(); off(); } });
addEventListener("blur", off);
