// details[data-light]: a menu that opens without script; with it, Escape and a press elsewhere shut it.

const opened = () => document.querySelectorAll("details[data-light][open]");

document.addEventListener("pointerdown", (event) => {
  for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of opened()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
