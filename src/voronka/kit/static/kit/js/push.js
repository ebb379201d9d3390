// Devices that are told while no page is open. <v-push data-url>: gives this browser's address of push notices, or says
// why there is none. `keepDevice` gives it again when the sign-in or the server's key is another, or the browser has changed it.
import { headers } from "./net.js";

const GIVEN = "v-push";
const can = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window && isSecureContext;
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function send(address, fields) {
  const body = new URLSearchParams(fields);
  const response = await fetch(address, { method: "POST", body, headers: { ...headers(), "HX-Request": "true" } });
  if (!response.ok) throw new Error(String(response.status));
}

async function subscribed(key) {
  const worker = await navigator.serviceWorker.ready;
  const held = await worker.pushManager.getSubscription();
  const ours = held?.options.applicationServerKey;
  if (held && ours && text(ours) === key) return held;
  await held?.unsubscribe();
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
}

async function give(address, { key, signIn, person }) {
  const subscription = await subscribed(key);
  const fields = { endpoint: subscription.endpoint, point: text(subscription.getKey("p256dh")), secret: text(subscription.getKey("auth")) };
  await send(address, fields);
  localStorage.setItem(GIVEN, JSON.stringify({ address, key, signIn, person, endpoint: subscription.endpoint }));
}

const given = () => { try { return JSON.parse(localStorage.getItem(GIVEN)); } catch { return null; } };
let kept = null;

/** Once a page: what this person gave before is given anew where it holds no more; what another gave stays silent. */
export function keepDevice(page) {
  const first = !kept, before = given();
  kept = { key: page.pushKey, signIn: page.signIn, person: page.person };
  document.dispatchEvent(new CustomEvent("v-push:known"));
  if (!first || before?.person !== kept.person || !can() || Notification.permission !== "granted") return;
  navigator.serviceWorker.ready.then((worker) => worker.pushManager.getSubscription()).then((held) => {
    if (held?.endpoint === before.endpoint && before.key === kept.key && before.signIn === kept.signIn) return null;
    return give(before.address, kept);
  }).catch(() => { /* tried again on the next page */ });
}

class Push extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("[data-give]");
    this.said = this.querySelector("[role=status]");
    this.button.addEventListener("click", () => this.on());
    this.draw = this.draw.bind(this);
    document.addEventListener("v-push:known", this.draw);
    this.draw();
  }

  disconnectedCallback() { document.removeEventListener("v-push:known", this.draw); }

  async draw() {
    if (!can()) { this.say("none"); return; }
    if (Notification.permission === "denied") { this.say("off"); return; }
    const worker = await navigator.serviceWorker.getRegistration();
    const held = await worker?.pushManager.getSubscription();
    const mine = given(), is = !!held && mine?.endpoint === held.endpoint && mine.person === kept?.person;
    this.button.hidden = is || !kept;
    if (is) this.say("on");
  }

  say(word) {
    this.button.hidden = true;
    this.said.textContent = this.dataset[word];
  }

  async on() {
    this.button.disabled = true;
    try {
      if (await Notification.requestPermission() !== "granted") { this.say("off"); return; }
      await give(this.dataset.url, kept);
      location.reload();
    } catch {
      this.said.textContent = this.dataset.failed;
    } finally { this.button.disabled = false; }
  }
}

customElements.define("v-push", Push);
