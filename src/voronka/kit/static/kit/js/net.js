// What is common to all requests: the anti-forgery sign, answers that refuse, lost connections, the busy line.

/** Headers that go with every request; the page carries them in hx-headers of its body. */
export const headers = () => {
  try { return JSON.parse(document.body.getAttribute("hx-headers") || "{}"); } catch { return {}; }
};

/** A form body with the anti-forgery sign in it, for beacons, which can set no headers. */
export const signedForm = (values = {}) => {
  const form = new FormData();
  form.set("csrfmiddlewaretoken", headers()["X-CSRFToken"] || "");
  for (const [name, value] of Object.entries(values)) form.set(name, value);
  return form;
};

/** Says among the toasts that something did not go through. */
export const sayFailed = (kind, text = "") => {
  const template = document.getElementById("v-failed"), place = document.getElementById("v-toasts");
  if (!template || !place) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  const more = toast.querySelector("[data-more]");
  more.textContent = text || (kind === "offline" ? more.dataset.offline : more.dataset.server);
  for (const old of place.querySelectorAll("v-toast[data-failed]")) old.remove();
  toast.dataset.failed = "";
  place.append(toast);
};

/** Whether a key pressed now belongs to a field that is being written in. */
export const isWriting = (event) => {
  const at = event.composedPath ? event.composedPath()[0] : event.target;
  if (!(at instanceof Element)) return false;
  if (at.closest("select, textarea, [contenteditable='true']")) return true;
  const input = at.closest("input");
  return !!input && !["checkbox", "radio", "button", "submit", "range", "color", "file"].includes(input.type);
};

/** Refusals that say the card has grown old: it is shown anew, and the reason stands among the toasts. */
export const STALE = new Set(["moved_on", "button_gone", "deal_closed"]);

/** Puts the reason of a refused press where the reason of the client stands; false when that is out of sight. */
const sayRefused = (html) => {
  const place = document.querySelector("[data-refused]"), line = place?.querySelector(".v-why");
  const told = new DOMParser().parseFromString(html, "text/html").querySelector("v-toast > div");
  const top = line?.getBoundingClientRect().top ?? -1;
  if (!told || top < 0 || top > innerHeight * 0.6) return false;
  const [what, ...more] = [...told.querySelectorAll("p")].map((one) => one.textContent.trim());
  const said = line.cloneNode(true);
  said.className = "v-why v-why--late";
  said.setAttribute("role", "alert");
  said.querySelector(".v-why-label").textContent = place.dataset.refused;
  said.querySelector("b").textContent = what;
  said.querySelector(".v-why-more").textContent = more.join(" ");
  for (const act of said.querySelectorAll(".v-why-rule, .v-act, form")) act.remove();
  line.replaceWith(said);
  return true;
};

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail, status = xhr.status;
  if (status < 400) return;
  const directed = xhr.getResponseHeader("HX-Retarget") || xhr.getResponseHeader("HX-Reswap");
  if (directed || status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  } else if (xhr.getResponseHeader("X-Refusal") && !STALE.has(xhr.getResponseHeader("X-Refusal"))
    && event.detail.elt?.closest?.("v-press-bar") && sayRefused(xhr.responseText)) {
    event.detail.isError = false;
  } else if (xhr.getResponseHeader("X-Refusal") && document.getElementById("v-toasts")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    event.detail.target = document.getElementById("v-toasts");
    event.detail.swapOverride = "beforeend";
  }
});

document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401) sayFailed("server");
});
document.addEventListener("htmx:sendError", () => sayFailed("offline"));
document.addEventListener("htmx:timeout", () => sayFailed("offline"));

// A form that has been sent goes once: the second click of a double one would make a second client, task or note. Heard at the
// window, behind whoever asks first or sends by itself; after a while, or on a page taken back, it may be sent again. What goes
// to a frame of the page only looks: the second look within those seconds would wait for an answer to nothing.
const SENT_MS = 5000;
let sent = new WeakMap();
addEventListener("submit", (event) => {
  const form = event.target, by = event.submitter;
  if (/^[^_]/.test(by?.formTarget || "")) return;
  if (event.defaultPrevented || (by?.formMethod || form.getAttribute("method") || "").toLowerCase() !== "post") return;
  const before = sent.get(form);
  if (before && before.by === by && Date.now() - before.at < SENT_MS) event.preventDefault();
  else sent.set(form, { by, at: Date.now() });
});
addEventListener("pageshow", () => { sent = new WeakMap(); });

let flying = 0;
const busy = (step) => {
  flying = Math.max(0, flying + step);
  document.body.classList.toggle("is-busy", flying > 0);
};
document.addEventListener("htmx:beforeSend", () => busy(1));
document.addEventListener("htmx:afterRequest", () => busy(-1));
// A page taken back from the browser's own memory must not look busy.
addEventListener("pageshow", () => { flying = 0; document.body.classList.remove("is-busy"); });
