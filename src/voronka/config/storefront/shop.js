// The shop's own script. It tells ours who is signed in, as any shop would; all the rest works without it.

const voronka = (window.voronka = window.voronka || []);
const { id, name, email, phone, proof, left } = document.body.dataset;
if (id) voronka.push(["identify", { id, name, email, phone, proof }]);
else if (left !== undefined) voronka.push(["reset"]);

// Views of a product change in their place.
document.querySelector(".views")?.addEventListener("click", (event) => {
  const chosen = event.target.closest("a");
  if (!chosen) return;
  event.preventDefault();
  document.querySelector(".big").src = chosen.href;
  for (const one of chosen.parentElement.children) one.toggleAttribute("aria-current", one === chosen);
});

// A checkout is sent once, however often the button is pressed.
document.querySelector("form[name=checkout]")?.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) delete document.querySelector("form[name=checkout]")?.dataset.sent;
});
