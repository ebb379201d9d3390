// A call: now, or at an hour that the visitor names by his own clock; ours stands beside it.

const WORDS = {
  ru: { now: "Сейчас", soon: "мы на связи", you: "у вас, {}", we: "у нас, {}", until: "до {}", hours: "или в другой час, по вашим часам", hour: "выберите час, по вашим часам", under: "мелко – время у нас", call: "Позвоните {} в {}", us: "у нас {}" },
  en: { now: "Now", soon: "we are here", you: "with you, {}", we: "with us, {}", until: "until {}", hours: "or at another hour, by your clock", hour: "choose an hour, by your clock", under: "small: our time", call: "Call me {} at {}", us: "{} with us" },
};
const PHONE = "M5 4h4l2 5-2.5 1.5a11 11 0 005 5L15 13l5 2v4a2 2 0 01-2 2A16 16 0 013 6a2 2 0 012-2";
const CSS = `.clocks{display:flex;align-items:flex-end;justify-content:space-between;gap:12px;margin:10px 0 14px;padding:10px 14px;border-radius:var(--r);background:var(--soft)}
.clocks b{display:block;font-size:22px;line-height:28px;font-weight:400}.clocks p:first-child b{font-size:38px;line-height:42px;letter-spacing:-.02em}.clocks p+p{text-align:right}.clocks span{color:var(--ink-2);font-size:13px}
.now{display:flex;align-items:center;gap:12px;width:100%;min-height:52px;padding:0 14px;border:1px solid var(--edge);border-radius:var(--r)}.now b{margin-right:8px}.now span{color:var(--ink-2)}.now b{color:var(--ink)}
.say{margin-top:14px;color:var(--ink-2);font-size:13px;line-height:18px}
.strip{display:flex;margin:2px -2px 0;padding:2px;overflow-x:auto}.strip>div{min-width:max-content}.strip>div+div{margin-left:3px}.strip>div>p{padding-right:8px;color:var(--ink-2);font-size:13px;line-height:20px}
.hours{display:flex}.hours button{flex:1;min-width:32px;height:56px;margin-left:-1px;border:1px solid var(--line);text-align:center}
.hours b{display:block;font-size:17px;line-height:24px;font-weight:400}.long b{font-size:13px}.hours span{color:var(--ink-2);font-size:12px}.long span{font-size:11px}
.now[aria-pressed=true]{box-shadow:0 0 0 2px var(--brand-ink);border-color:transparent;background:var(--soft)}
.hours [aria-pressed=true]{position:relative;background:var(--brand);border-color:var(--brand);color:var(--on)}.hours [aria-pressed=true] b{font-weight:700}.hours [aria-pressed=true] span{color:var(--on)}`;

// A clock so many minutes later.
const later = (text, minutes) => {
  const [hours, rest] = text.split(":").map(Number), all = hours * 60 + rest + minutes;
  return `${Math.floor(all / 60) % 24}:${`${all % 60}`.padStart(2, "0")}`;
};

export default (ui, { content, told }, api) => {
  const { h, say } = ui, words = WORDS[ui.lang];
  const thanks = (said) => [ui.heading(content.title), h("p", { class: "text", role: "status" }, said.thanks, said.when && h("b", null, " ", said.when))];
  const view = { place: "corner", label: content.title, css: CSS };
  if (told) return { ...view, nodes: thanks(told) };
  let picked = content.open ? null : content.hours[0], send;
  const asked = ui.contact({ ...content, contact: "phone" }, () => send.press);
  const name = ui.field(ui.words.name, { autocomplete: "name", maxlength: 200 });
  send = ui.acting(api, "", () => ({ ...asked.read(), name: name.querySelector("input").value, at: picked?.at ?? "" }), (said) => api.fill(thanks(said)));
  const buttons = [];
  const choose = (hour) => {
    picked = hour;
    for (const [one, button] of buttons) button.setAttribute("aria-pressed", one === picked);
    send.button.textContent = picked ? say(words.call, picked.day, picked.mine) : content.button || words.now;
  };
  const button = (hour, about, ...inside) => {
    const made = h("button", { type: "button", click: () => choose(hour), ...about }, ...inside);
    buttons.push([hour, made]);
    return made;
  };
  const clocks = [content.mine, content.ours].map((one) => h("b", null, one)), since = Date.now();
  const ticks = setInterval(() => {
    if (!clocks[0].isConnected) return clearInterval(ticks);
    const minutes = Math.floor((Date.now() - since) / 60000);
    clocks.forEach((one, nr) => { one.textContent = later(nr ? content.ours : content.mine, minutes); });
  }, 10000);
  // Hours of zones that differ by halves of an hour are told whole; where both clocks show the same, ours is not told.
  const isLong = content.hours.some((one) => !one.mine.endsWith(":00") || !one.ours.endsWith(":00"));
  const short = (text) => (isLong ? text : text.slice(0, -3)), isSame = content.hours.every((one) => one.mine === one.ours);
  const strip = [...new Set(content.hours.map((one) => one.day))].map((day) => {
    const all = content.hours.filter((one) => one.day === day);
    const part = h("div", null, h("p", { "aria-hidden": "true" }, day), h("div", { class: `hours${isLong ? " long" : ""}`, role: "group", "aria-label": day },
      all.map((one) => button(one, { "aria-description": `${one.mine}${isSame ? "" : `, ${say(words.us, one.ours)}`}` }, h("b", null, short(one.mine)), !isSame && h("span", null, short(one.ours))))));
    part.style.flex = `${all.length}`;
    return part;
  });
  const nodes = [
    ui.heading(content.title),
    content.text && h("p", { class: "lead" }, content.text),
    h("div", { class: "clocks" },
      h("p", null, clocks[0], h("span", null, say(words.you, content.here))),
      h("p", null, clocks[1], h("span", null, say(words.we, content.there), content.until && ` · ${say(words.until, content.until)}`))),
    content.open && button(null, { class: "now" }, ui.icon(PHONE), h("span", null, h("b", null, words.now), content.usual || words.soon)),
    strip.length > 0 && h("p", { class: "say" }, content.open ? words.hours : words.hour),
    strip.length > 0 && h("div", { class: "strip" }, strip),
    strip.length > 0 && !isSame && h("p", { class: "small" }, words.under),
    name, asked.nodes, send.why, send.button,
  ];
  choose(picked);
  return { ...view, nodes };
};
