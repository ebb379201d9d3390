// <v-passkey data-mode="create|get|login"><form><input name="credential"><button data-passkey>…: the device makes a passkey or
// signs with one, and the form carries its answer. What the device is asked stands in #passkey-data; a sign-in fetches it first.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const opened = (options) => {
  const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
  for (const name of ["excludeCredentials", "allowCredentials"]) {
    if (key[name]) key[name] = key[name].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return key;
};

const closed = (credential) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    authenticatorAttachment: credential.authenticatorAttachment ?? null, clientExtensionResults: credential.getClientExtensionResults(),
  };
};

class Passkey extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.button = this.querySelector("[data-passkey]");
    if (!window.PublicKeyCredential || /^[\d.]+$|^\[/.test(location.hostname)) {
      if (this.dataset.mode === "login") this.hidden = true;
      else { this.button.disabled = true; this.say(this.dataset.unable); }
      return;
    }
    this.button.addEventListener("click", (event) => { event.preventDefault(); this.ask(); });
  }

  say(words) {
    const why = this.querySelector("[data-why]");
    why.textContent = words;
    why.hidden = !words;
  }

  async ask() {
    this.say("");
    this.button.disabled = true;
    try {
      const credential = this.dataset.mode === "create" ? await this.create() : await this.get();
      this.form.elements.credential.value = JSON.stringify(closed(credential));
      this.form.submit();
    } catch (error) {
      const words = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" }[error.name] || "failed";
      this.say(this.dataset[words]);
      this.button.disabled = false;
    }
  }

  create() {
    const publicKey = opened(this.data().creation_options);
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required",
    };
    return navigator.credentials.create({ publicKey });
  }

  async get() {
    let asked;
    if (this.dataset.mode === "login") {
      const answer = await fetch(this.form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
      if (!answer.ok) throw new Error(String(answer.status));
      asked = await answer.json();
    } else asked = this.data();
    return navigator.credentials.get({ publicKey: opened(asked.request_options) });
  }

  data() { return JSON.parse(document.getElementById("passkey-data").textContent); }
}

customElements.define("v-passkey", Passkey);
