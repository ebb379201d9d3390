// A survey of the company: the rating first, by one press, then the questions that fit it. A press is kept at once.

const WORDS = {
  ru: { more: "Ещё немного, если хотите", many: "можно несколько", thanks: "Спасибо: это помогает нам стать лучше." },
  en: { more: "A little more, if you like", many: "several will do", thanks: "Thank you: it helps us to be better." },
};
const STAR = "M12 3.2l2.7 5.6 6.1.9-4.4 4.3 1 6.1-5.4-2.9-5.4 2.9 1-6.1L3.2 9.7l6.1-.9z";
const CSS = `.stars{display:flex;gap:4px;margin:14px 0 2px -8px}.stars button{display:grid;place-items:center;width:52px;height:52px;border-radius:var(--r);color:var(--ink-2)}
.stars svg{width:34px;height:34px}.stars .on{color:var(--brand-ink)}.stars .on path{fill:currentColor}.stars button:hover{background:var(--soft)}
.rated{min-height:21px;color:var(--ink-2)}.rated b{color:var(--ink)}
.more{margin:14px 0 0;padding-top:14px;border-top:1px solid var(--line)}
fieldset{min-width:0;margin:12px 0 0;border:0}legend{font-weight:700}legend span{color:var(--ink-2);font-size:13px;font-weight:400}
.pick{display:flex;gap:10px;align-items:center;min-height:44px;padding:6px 0;cursor:pointer}.pick+.pick{border-top:1px solid var(--line)}.pick input{flex:none;width:20px;height:20px;accent-color:var(--brand-ink)}
.field textarea{display:block;width:100%;min-height:76px;padding:10px 12px;border:1px solid var(--edge);border-radius:var(--r);background:var(--sheet);color:var(--ink);font-size:16px;resize:vertical}
.field.own span{color:var(--ink);font-size:15px;line-height:21px;font-weight:700}.send{margin:14px 0 0}`;

export default (ui, { content, told }, api) => {
  const { h } = ui, words = WORDS[ui.lang], title = content.title || content.ask || content.closed;
  const view = { place: "corner", label: title, css: CSS };
  if (!content.ask) return { ...view, nodes: [ui.heading(content.closed)] };
  const thanks = () => [ui.heading(title), h("p", { class: "text", role: "status" }, content.thanks || content.thank || words.thanks)];
  if (told?.done) return { ...view, nodes: thanks() };
  let rating = told?.rating ?? 0, wanted = rating;
  const fitting = () => content.questions.filter(({ when }) => when === "always" || when === (rating <= content.bad ? "bad" : "good"));

  // Each question is made once: what was typed stays when the rating is changed and changed back.
  const made = new Map();
  const question = (one) => {
    if (!made.has(one.key)) made.set(one.key, one.kind === "text" ? own(one) : chosen(one));
    return made.get(one.key);
  };
  const own = ({ text }) => {
    const field = h("textarea", { maxlength: 2000, rows: 3 });
    return { node: h("label", { class: "field own" }, h("span", null, text), field), read: () => [field.value] };
  };
  const chosen = ({ key, text, kind, options }) => {
    const boxes = options.map((_, nr) => h("input", { type: kind === "one" ? "radio" : "checkbox", name: key, value: nr }));
    const node = h("fieldset", null, h("legend", null, text, kind === "many" && h("span", null, ` ${words.many}`)), options.map((option, nr) => h("label", { class: "pick" }, boxes[nr], h("span", null, option))));
    return { node, read: () => boxes.filter((one) => one.checked).map((one) => one.value) };
  };

  const said = h("p", { class: "rated", role: "status" }), rest = h("div");
  const read = () => Object.fromEntries(fitting().map((one) => [one.key, question(one).read()]));
  const send = ui.acting(api, content.button, () => ({ rating, answers: read() }), () => api.fill(thanks()));
  send.button.classList.add("send");
  // What was pressed is seen at once, what was not kept is taken back.
  const paint = (many) => stars.forEach((one, nr) => {
    one.classList.toggle("on", nr < many);
    one.setAttribute("aria-pressed", `${nr === many - 1}`);
  });
  const draw = () => {
    paint(rating);
    said.replaceChildren(...(rating ? [h("b", null, rating), ` – ${content.stars[rating - 1]}. ${fitting().length ? words.more : ""}`] : []));
    rest.replaceChildren(...(rating ? [h("div", { class: "more" }, fitting().map((one) => question(one).node)), send.why, send.button] : []));
  };
  const rate = ui.acting(api, "", () => ({ rating: wanted }), () => {
    rating = wanted;
    if (fitting().length) draw();
    else api.fill(thanks());
  });
  const press = (many) => {
    wanted = many;
    paint(many);
    rate.press().then(() => paint(rating));
  };
  const stars = content.stars.map((name, nr) => h("button", { type: "button", "aria-label": `${nr + 1} – ${name}`, title: name, click: () => press(nr + 1) },
    ui.drawn("svg", { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 1.5, "stroke-linejoin": "round", "aria-hidden": "true" }, ui.drawn("path", { d: STAR }))));
  draw();
  return { ...view, nodes: [ui.heading(title), content.title && h("p", { class: "text" }, content.ask), content.text && h("p", { class: "lead" }, content.text), h("div", { class: "stars", role: "group", "aria-label": content.ask }, stars), said, rate.why, rest] };
};
