// The panel of the company's chat. What is written is kept in the tab until the server has it, so a break loses and
// doubles nothing; what comes is asked for from the last line that stands here, whenever the stream says so, is taken
// up again, or has been silent for a while.
import { dress, node, sign } from "../shadow.js";
import { CSS } from "../chatlook.js";

const QUEUE = "voronka.talk.q", SOUND = "voronka.talk.s", RANK = 1000;
const FIRST = 1000, LONGEST = 30000, WATCH = 20000, TYPED = 4000, TYPES_FOR = 7000, PICTURE = 240;
const CROSS = ["M18 6 6 18", "m6 6 12 12"], CLIP = ["m15 7-6.5 6.5a1.5 1.5 0 0 0 3 3L18 10a3 3 0 0 0-6-6l-6.5 6.5a4.5 4.5 0 0 0 9 9L21 13"];
const UP = ["M12 5v14", "M18 11l-6-6", "M6 11l6-6"], MAN = ["M8 7a4 4 0 1 0 8 0a4 4 0 0 0-8 0", "M6 21v-2a4 4 0 0 1 4-4h4a4 4 0 0 1 4 4v2"];
const LOUD = ["M15 8a5 5 0 0 1 0 8", "M6 15H4a1 1 0 0 1-1-1v-4a1 1 0 0 1 1-1h2l3.5-4.5A.8.8 0 0 1 11 5v14a.8.8 0 0 1-1.5.5z"];
const MUTE = ["m16 10 4 4m0-4-4 4", LOUD[1]];

const newId = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
const size = (bytes, language) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} ${language === "en" ? "KB" : "КБ"}`
  : `${(bytes / 1048576).toFixed(1)} ${language === "en" ? "MB" : "МБ"}`);

export default function panel(kit, shell) {
  const { root, key, button } = shell, { quiet } = kit, language = document.documentElement.lang.startsWith("en") ? "en" : "ru";
  const at = (iso) => new Date(iso).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  let words = null, last = 0, seen = 0, read = 0, shown = false;
  let source = null, connecting = false, looking = false, again = false, sending = false, delay = FIRST, silent = FIRST;
  let canMove = false, later = 0, resend = 0, typed = 0, typesTill = 0, files = [], sound = quiet(() => localStorage.getItem(SOUND) === "1")() ?? false;

  dress(root, CSS, kit.nonce);
  const face = node("span", { className: "face", "aria-hidden": "true" });
  const name = node("h2", { id: "name", tabIndex: -1 }), when = node("p");
  const mute = node("button", { type: "button", className: "bare", onclick: quiet(() => {
    setSound(!sound);
    if (kit.may()) quiet(() => localStorage.setItem(SOUND, sound ? "1" : "0"))();
  }) });
  const shut = node("button", { type: "button", className: "bare", onclick: quiet(() => close()) }, sign(...CROSS));
  const list = node("ol"), ends = node("div", { className: "ends" });
  const log = node("div", { className: "log", role: "log", tabIndex: 0 }, list, ends);
  const writes = node("p", { className: "types", hidden: true }), lost = node("p", { className: "lost", role: "status", hidden: true });
  const foot = node("div", { className: "foot" });
  const box = node("section", { className: `panel${shell.said.side === "left" ? " is-left" : ""}`, role: "dialog", "aria-labelledby": "name", hidden: true },
    node("header", {}, face, node("div", {}, name, when), mute, shut), log, writes, lost, foot);
  root.append(box);
  box.addEventListener("keydown", quiet((event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } }));

  // --- what waits to be sent -------------------------------------------------------------------------------------------

  let memory = [];
  const kept = () => quiet(() => JSON.parse(sessionStorage.getItem(QUEUE) ?? "null"))() ?? memory;
  const keep = (rows) => { memory = rows; quiet(() => sessionStorage.setItem(QUEUE, JSON.stringify(rows)))(); };

  const say = (given) => {
    const one = { id: newId(), ...who(), ...given };
    if (!one.text && !one.choice) return;
    keep([...kept(), one]);
    pending(one);
    send();
  };

  async function send() {
    clearTimeout(resend);
    if (sending) return;
    sending = true;
    try {
      for (let one = kept()[0] ?? files[0]; one; one = kept()[0] ?? files[0]) {
        const { file, ...rest } = one;
        const about = { ...rest, key: key.get(), after: last };
        const said = await (file ? kit.call("chat.file", { ...about, name_of_file: file.name }, file) : kit.call("chat.write", about));
        if (!said || said.status === 429 || said.status >= 500 || !("status" in said)) throw new Error("later");
        if (file) files = files.filter((other) => other !== one);
        else keep(kept().filter((other) => other.id !== one.id));
        if (said.status === 200) came(said);
        else refused(one, said);
        silent = FIRST;
        lost.hidden = true;
      }
    } catch {
      lost.hidden = false;
      resend = setTimeout(send, silent);
      silent = Math.min(LONGEST, silent * 2);
    } finally {
      sending = false;
    }
  }

  const came = (said) => {
    if (said.token) key.set(said.token);
    list.querySelectorAll("[data-hello]").forEach((one) => one.remove()); // the bot says it in the talk now
    foot.querySelectorAll("[data-who]").forEach((one) => one.remove());
    if (canMove && said.token && !foot.querySelector(".moves")) foot.append(mover());
    fill(said);
    connect();
  };

  const refused = ({ id, text, file }, said) => {
    list.querySelector(`[data-key="${id}"]`)?.remove();
    if (said.code === "talk_gone") { forget(); load(); return; }
    const field = foot.querySelector("textarea");
    if (field && !field.value && !file) field.value = text ?? "";
    why(Object.values(said.fields ?? {}).join(" ") || said.message || "");
  };

  const why = (text) => {
    const place = foot.querySelector(".why");
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  };

  // --- what comes ------------------------------------------------------------------------------------------------------

  async function connect() {
    clearTimeout(later);
    if (source || connecting || !key.get()) return;
    connecting = true;
    const said = await kit.call("chat.lines", { key: key.get(), after: last, ticket: true });
    connecting = false;
    if (said?.code === "talk_gone") { forget(); return; }
    if (!said?.ticket) { wait(); return; }
    fill(said);
    const stream = (source = new EventSource(`${kit.base}live?ticket=${encodeURIComponent(said.ticket)}`));
    stream.onopen = quiet(() => { delay = FIRST; look(); if (kept().length) send(); }); // what fell in between
    stream.addEventListener("talk", quiet(() => look()));
    stream.addEventListener("read", quiet(() => look()));
    stream.addEventListener("typing", quiet((event) => types(JSON.parse(event.data).name)));
    stream.onerror = quiet(() => { cut(); wait(); });
  }
  const cut = () => { source?.close(); source = null; };
  const wait = () => {
    clearTimeout(later);
    later = setTimeout(connect, delay * (0.7 + Math.random() * 0.6));
    delay = Math.min(LONGEST, delay * 2);
  };

  /** Asks for what is beyond the last line here, and says what has been read. */
  async function look() {
    if (!key.get()) return;
    if (looking) { again = true; return; }
    looking = true;
    do {
      again = false;
      const till = shown && !document.hidden ? last : 0;
      const said = await kit.call("chat.lines", { key: key.get(), after: last, seen: till });
      if (said?.code === "talk_gone") { forget(); break; }
      if (said?.status !== 200) { wait(); break; }
      seen = Math.max(seen, till);
      const before = last;
      fill(said);
      if (last > before && !document.hidden) again = true; // what has come is read now
    } while (again);
    looking = false;
  }

  const fill = (said) => {
    const near = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
    let isNew = false;
    for (const one of said.lines) {
      if (list.querySelector(`[data-n="${one.n}"]`)) continue;
      if (one.key) list.querySelectorAll(".is-pending").forEach((row) => row.dataset.key.replaceAll("-", "") === one.key.replaceAll("-", "") && row.remove());
      list.insertBefore(line(one), list.querySelector(".is-pending"));
      isNew = true;
      if (one.by !== "visitor") { typesTill = 0; writes.hidden = true; if (last && one.n > last) ring(); }
    }
    last = Math.max(last, said.last);
    read = Math.max(read, said.read ?? 0);
    list.querySelectorAll(".is-mine [data-n]").forEach((one) => { one.hidden = Number(one.dataset.n) > read; });
    shell.unread(shown ? 0 : said.unread);
    if (said.who !== undefined) head(said);
    rating(said);
    if (isNew && near) down();
  };

  const line = (one) => {
    const mine = one.by === "visitor", author = mine ? words.you : one.by === "bot" ? words.bot : one.name;
    const row = node("li", { className: mine ? "is-mine" : one.by === "bot" ? "is-bot" : "" });
    row.dataset.n = one.n;
    if (one.file) row.append(attached(one.file));
    if (one.parts.length) row.append(node("p", { className: "text" }, ...one.parts.map(([text, href]) => (href ? node("a", { href, target: "_blank", rel: "noopener noreferrer nofollow ugc", textContent: text }) : text))));
    if (one.goods) row.append(goods(one.goods));
    if (one.choices.length) row.append(choices(one.choices));
    const was = node("span", { hidden: true, textContent: ` · ${words.read}` });
    was.dataset.n = one.n;
    row.append(node("p", { className: "when" }, node("span", { className: mine ? "hide" : "", textContent: author ? `${author} · ` : "" }),
      node("time", { dateTime: one.at, textContent: at(one.at) }), mine && was));
    return row;
  };

  const choices = (given) => node("div", { className: "choices" }, ...given.map(({ id, title }) => node("button", {
    type: "button", onclick: quiet(() => say({ choice: id, text: title })),
  }, id === "person" && sign(...MAN), title)));

  // A picture is drawn: a policy that lets no foreign image in lets a canvas be.
  const attached = (file) => {
    const row = node("button", { type: "button", className: "file", onclick: quiet(() => keepFile(file)) }, sign(...CLIP),
      node("span", { textContent: file.name }), node("small", { textContent: size(file.size, language) }));
    if (file.picture) drawn(file).then((canvas) => {
      row.classList.add("is-picture");
      row.replaceChildren(canvas);
    }).catch(() => { /* it stays a file to be kept */ });
    return row;
  };
  const drawn = async (file) => {
    const image = await createImageBitmap(await bytes(file)), scale = Math.min(1, PICTURE / Math.max(image.width, image.height));
    const canvas = node("canvas", { width: Math.max(1, image.width * scale), height: Math.max(1, image.height * scale), role: "img", "aria-label": file.name });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas;
  };
  // Goods of this shop open in its own page, where the talk goes on; the picture comes when it can.
  const goods = ({ name: text, price, url, picture }) => {
    const leads = /^https?:/.test(url), here = leads && url.startsWith(`${location.origin}/`);
    const row = node(leads ? "a" : "div", { className: picture ? "goods has-picture" : "goods", ...(leads && { href: url, ...(!here && { target: "_blank", rel: "noopener noreferrer" }) }) },
      node("span", {}, text, price && node("b", { textContent: price })));
    if (picture) drawn({ id: picture, name: text }).then((canvas) => row.prepend(canvas)).catch(() => { /* its words say it */ });
    return row;
  };
  const bytes = (file) => kit.ask("chat.fetch", { key: key.get(), file: file.id }).then((answer) => (answer.ok ? answer.blob() : Promise.reject()));
  const keepFile = (file) => bytes(file).then((blob) => {
    const href = URL.createObjectURL(blob);
    node("a", { href, download: file.name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  }).catch(() => { lost.hidden = false; });

  const pending = ({ id, text, choice, file }) => {
    const row = node("li", { className: "is-mine is-pending" }, node("p", { className: "text", textContent: file?.name ?? text ?? choice }),
      node("p", { className: "when", textContent: words.pending }));
    row.dataset.key = id;
    list.append(row);
    down();
  };

  const types = (who) => {
    typesTill = Date.now() + TYPES_FOR;
    writes.replaceChildren(node("i", { "aria-hidden": "true" }), node("i", { "aria-hidden": "true" }), node("i", { "aria-hidden": "true" }), who ? words.types.replace("%(name)s", who) : words.types_nobody);
    writes.hidden = false;
    setTimeout(() => { if (Date.now() >= typesTill) writes.hidden = true; }, TYPES_FOR + 50);
  };

  // Off unless he wants it: one short tone, made here.
  const setSound = (is) => {
    sound = is;
    mute.setAttribute("aria-pressed", `${is}`);
    mute.replaceChildren(sign(...(is ? LOUD : MUTE)));
  };
  const ring = quiet(() => {
    if (!sound) return;
    const room = new AudioContext(), tone = room.createOscillator(), loud = room.createGain();
    tone.frequency.value = 660;
    loud.gain.setValueAtTime(0.08, room.currentTime);
    loud.gain.exponentialRampToValueAtTime(0.001, room.currentTime + 0.3);
    tone.connect(loud).connect(room.destination);
    tone.start();
    tone.stop(room.currentTime + 0.3);
    tone.onended = () => room.close();
  });

  // --- how it looks ----------------------------------------------------------------------------------------------------

  let company = "";
  const head = ({ who, face: letters }) => {
    const title = who ? `${who}, ${company}` : company;
    if (name.textContent !== title) name.textContent = title;
    face.textContent = letters || company.replace(/[^\p{L}\p{N} ]/gu, "").split(" ").map((one) => one[0] ?? "").join("").slice(0, 2).toUpperCase();
  };

  /** All of it anew, as the server has it now. */
  const load = async () => {
    const said = await kit.call("chat.open", { key: key.get() });
    if (said?.code === "talk_gone") { key.drop(); return load(); }
    if (said?.status !== 200) {
      lost.textContent = said?.message ?? shell.words.lost;
      lost.hidden = false;
      if (!said?.message) later = setTimeout(() => { if (!words) load(); }, (delay = Math.min(LONGEST, delay * 2)));
      return false;
    }
    delay = FIRST;
    words = said.words;
    company = said.company;
    if (said.token) key.set(said.token);
    lost.textContent = words.lost;
    lost.hidden = true;
    when.textContent = said.when;
    shut.setAttribute("aria-label", words.close);
    mute.setAttribute("aria-label", words.sound);
    setSound(sound);
    log.setAttribute("aria-label", words.messages);
    list.replaceChildren();
    last = read = 0;
    if (said.greeting) list.append(node("li", {}, node("p", { className: "text", textContent: said.greeting })));
    if (said.hello) {
      const hello = node("li", { className: "is-bot" }, node("p", { className: "text", textContent: said.hello }), said.begins.length && choices(said.begins), node("p", { className: "when", textContent: words.bot }));
      hello.dataset.hello = "";
      list.append(hello);
    }
    head({});
    fill(said);
    kept().forEach(pending);
    if (said.away) leaveForm(said);
    else writeForm(said);
    if (kept().length) send();
    connect();
    return true;
  };

  const label = (text, field) => node("label", { className: "field" }, node("span", { textContent: text }), field);
  const whoFields = () => [
    label(words.name, node("input", { name: "name", autocomplete: "name", maxLength: 200 })),
    label(words.contact, node("input", { name: "contact", maxLength: 254 })),
  ];
  const agree = (said) => node("div", {}, node("label", { className: "agree" }, node("input", { type: "checkbox", name: "consent" }), node("span", { textContent: words.agree })),
    said.consent && node("details", {}, node("summary", { textContent: words.agree_text }), node("p", { textContent: said.consent })));
  const field = (wanted) => foot.querySelector(`[name=${wanted}]`);
  const who = () => (field("department") || field("name") ? {
    name: field("name")?.value ?? "", contact: field("contact")?.value ?? "", consent: !!field("consent")?.checked, department: field("department")?.value ?? "",
  } : {});

  const writeForm = (said) => {
    const isNew = !key.get(), text = node("textarea", {
      name: "text", rows: 1, maxLength: said.most, placeholder: words.message, "aria-label": words.message, enterKeyHint: "send",
      onkeydown: quiet((event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); go(event); } }),
      oninput: quiet(() => {
        grow(text);
        if (!key.get() || Date.now() - typed < TYPED) return;
        typed = Date.now();
        kit.call("chat.typing", { key: key.get() });
      }),
    });
    const file = node("input", { type: "file", className: "hide", "aria-label": words.file, title: words.file_more, onchange: quiet(() => {
      const one = { id: newId(), ...who(), file: file.files[0] };
      file.value = "";
      if (!one.file) return;
      if (one.file.size > said.most_mib * 1048576) { why(words.file_more); return; }
      files = [...files, one];
      pending(one);
      send();
    }) });
    const go = quiet((event) => {
      event.preventDefault();
      why("");
      const said_ = text.value.trim();
      if (!said_) return;
      text.value = "";
      grow(text);
      say({ text: said_ });
    });
    const asks = node("div", { className: "who" }, ...(said.asks ? [...whoFields(), agree(said)] : []), said.departments.length > 0
      && label(words.department, node("select", { name: "department" }, ...said.departments.map(([value, textContent]) => node("option", { value, textContent })))));
    asks.dataset.who = "";
    foot.replaceChildren(node("form", { onsubmit: go, noValidate: true }, isNew && asks.childNodes.length > 0 && asks, node("p", { className: "why", role: "alert", hidden: true }),
      node("div", { className: "write" }, node("label", { className: "clip", title: words.file_more }, sign(...CLIP), file), text, node("button", { className: "send", "aria-label": words.send }, sign(...UP)))),
    ...(said.open ? [] : [node("button", { type: "button", className: "link", textContent: words.away, onclick: quiet(() => leaveForm(said, true)) })]),
    ...(said.telegram && !isNew ? [mover()] : []));
    canMove = said.telegram;
  };
  // The address holds once: it is asked for by a press and opened by the next, which no browser takes for a pop-up.
  const mover = () => node("button", { type: "button", className: "link moves", textContent: words.telegram, onclick: quiet(async (event) => {
    const button = event.currentTarget, said = await kit.call("chat.move", { key: key.get() });
    if (said?.url) button.replaceWith(node("a", { className: "link moves", href: said.url, target: "_blank", rel: "noopener noreferrer", textContent: words.telegram_open }));
    else why(said?.message ?? words.lost);
  }) });
  const grow = (text) => { text.style.height = "auto"; text.style.height = `${Math.min(120, text.scrollHeight + 2)}px`; };

  const leaveForm = (said, canGoBack = false) => {
    const trap = node("input", { name: said.trap, tabIndex: -1, autocomplete: "off" }), id = newId();
    const form = node("form", { className: "who", noValidate: true, onsubmit: quiet(async (event) => {
      event.preventDefault();
      why("");
      const about = { id, key: key.get(), ...who(), text: field("text").value, page: location.pathname, [said.trap]: trap.value };
      const answer = await kit.call("chat.leave", about);
      if (answer?.status === 200) foot.replaceChildren(node("p", { className: "left", role: "status", textContent: words.left }));
      else if (answer?.message) why(Object.values(answer.fields ?? {}).join(" ") || answer.message);
      else lost.hidden = false;
    }) }, node("h3", { textContent: words.away }), !canGoBack && node("p", { textContent: said.away_text }), ...whoFields(),
    label(words.what, node("textarea", { name: "text", rows: 3, maxLength: said.most })), node("div", { className: "trap", "aria-hidden": "true" }, trap), agree(said),
    node("p", { className: "why", role: "alert", hidden: true }), node("button", { className: "main", textContent: words.send }),
    canGoBack && node("button", { type: "button", className: "link", textContent: words.back, onclick: quiet(() => { writeForm(said); focus(); }) }));
    foot.replaceChildren(form);
  };

  const rating = ({ ended, rating: mark }) => {
    if (!ended) { ends.replaceChildren(); return; }
    if (mark) { ends.replaceChildren(node("p", { role: "status", textContent: words.thanks.replace("%(mark)s", mark) })); return; }
    if (ends.querySelector("form")) return; // what is being filled in stays
    const marks = [1, 2, 3, 4, 5].map((value) => node("label", {}, node("input", { type: "radio", name: "rating", value }), `${value}`));
    const text = node("input", { maxLength: 500 });
    ends.replaceChildren(node("form", { onsubmit: quiet(async (event) => {
      event.preventDefault();
      const chosen = ends.querySelector("input:checked")?.value;
      const said = await kit.call("chat.rate", { key: key.get(), rating: Number(chosen ?? 0), text: text.value, after: last });
      if (said?.status === 200) fill(said);
    }) }, node("fieldset", {}, node("legend", { textContent: words.ended }), node("div", { className: "marks" }, ...marks)), label(words.word, text), node("button", { className: "main", textContent: words.mark })));
    down();
  };

  const down = () => { log.scrollTop = log.scrollHeight; };

  /** On a phone the panel is as high as what the keyboard leaves. */
  const fit = quiet(() => {
    const view = window.visualViewport;
    if (view) { box.style.setProperty("--high", `${view.height}px`); box.style.setProperty("--top", `${view.offsetTop}px`); }
  });
  window.visualViewport?.addEventListener("resize", fit);
  window.visualViewport?.addEventListener("scroll", fit);

  const focus = () => {
    const text = foot.querySelector(".write textarea") ?? foot.querySelector("input");
    (matchMedia("(pointer: coarse)").matches || !text ? name : text).focus({ preventScroll: true }); // no keyboard over what he wants to read
  };

  // What opens by itself leaves the visitor where he is: he may be typing his phone into the shop's own form.
  const open = async (byItself) => {
    if (shown) return;
    if (!kit.screen.take("chat", RANK, () => close())) return;
    shown = true;
    shell.settle();
    fit();
    box.hidden = false;
    button.setAttribute("aria-expanded", "true");
    button.classList.add("is-open");
    shell.unread(0);
    if (!words) await ready;
    if (!words) await load();
    down();
    if (byItself !== true) focus();
    look();
  };
  const close = () => {
    if (!shown) return;
    const held = box.contains(box.getRootNode().activeElement);
    shown = false;
    box.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.classList.remove("is-open");
    kit.screen.free("chat");
    shell.settle();
    if (held) button.focus({ preventScroll: true });
  };
  const forget = () => {
    key.drop();
    keep([]);
    cut();
    files = [];
    words = null;
    shell.unread(0);
    if (shown) load();
  };

  const wake = quiet(() => { if (document.hidden) return; delay = silent = FIRST; connect(); look(); if (kept().length || files.length) send(); });
  document.addEventListener("visibilitychange", wake);
  addEventListener("online", quiet(() => { cut(); wake(); })); // a stream of before the break may never end
  addEventListener("pagehide", cut);
  addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
  let turns = 0;
  setInterval(quiet(() => { if (!document.hidden && words && (shown || ++turns % 6 === 0)) wake(); }), WATCH);
  const ready = key.get() ? load() : Promise.resolve();
  return { open: quiet(open), close: quiet(close), isOpen: () => shown, forget: quiet(forget) };
}
