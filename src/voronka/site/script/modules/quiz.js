// Questions that branch, one at a time; what fits is counted as one goes, and a contact is asked for at the end only.

const WORDS = {
  ru: { step: "Вопрос {} из {}", next: "Дальше", back: "Назад", fits: "подходит товаров: {}", of: " из {}", range: "от {} до {}" },
  en: { step: "Question {} of {}", next: "Next", back: "Back", fits: "goods that fit: {}", of: " of {}", range: "from {} to {}" },
};

export default (ui, { content, told }, api) => {
  const { h, say } = ui, words = WORDS[ui.lang], { questions } = content;
  const view = {
    place: "middle", wide: true, label: content.title || questions[0].text,
    css: `.track{display:flex;gap:4px;margin-right:44px}.track li{flex:1;height:5px;border-radius:2px;box-shadow:inset 0 0 0 1px var(--edge)}.track .past{background:var(--ink)}.track .at{background:var(--brand-ink)}
.step{margin:8px 0 6px;color:var(--ink-2);font-size:13px}.answers{display:grid;grid-template-columns:repeat(auto-fit,minmax(136px,1fr));gap:10px;margin:18px 0 16px}
.answers button{position:relative;min-height:88px;padding:20px 10px 12px;border-radius:var(--r);border:1px solid var(--edge);text-align:center}.answers [aria-checked=true]{border-color:transparent;box-shadow:0 0 0 2px var(--brand-ink);background:var(--soft)}
.answers b{display:block;font-size:17px}.answers span{color:var(--ink-2);font-size:13px}.answers i{position:absolute;left:9px;top:6px;font-style:normal;color:var(--ink-2);font-size:12px;line-height:16px}
.found{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 16px;margin-bottom:16px;padding-top:12px;border-top:1px solid var(--line)}.text+.found{margin-top:14px}.found span+span{color:var(--ink-2)}
@media(min-width:768px){.two .main{flex:none;width:auto;min-width:160px}}`,
  };
  if (told) return { ...view, nodes: [ui.heading(content.title), h("p", { class: "text", role: "status" }, told.thanks || content.result)] };
  const path = []; // pairs: which question, which answer
  let at = 0, chosen = -1;
  const fits = () => {
    const answers = [...path, [at, chosen]].map(([nr, one]) => questions[nr]?.answers[one]?.category).filter(Boolean);
    const found = content.fits?.[answers.pop()];
    return found ? h("p", { class: "found" }, h("span", null, h("b", null, say(words.fits, found.count)), found.of > found.count && say(words.of, found.of)), h("span", null, say(words.range, ui.money(found.from, found.currency), ui.money(found.to, found.currency)))) : null;
  };
  const leads = (answer) => (answer.leads === -1 ? questions.length : answer.leads ? answer.leads - 1 : at + 1);
  const back = () => {
    [at, chosen] = path.pop();
    draw();
  };
  const end = () => {
    const asked = ui.contact(content, () => send.press);
    const send = ui.acting(api, content.button, () => ({ ...asked.read(), path: path.map(([, one]) => one) }), (said) => api.fill(ui.heading(content.title), h("p", { class: "text", role: "status" }, said.thanks || content.result)));
    api.fill(ui.heading(content.title), content.result && h("p", { class: "text" }, content.result), fits(), asked.nodes, send.why, h("div", { class: "two" }, send.button, h("button", { class: "plain", type: "button", click: back }, words.back)));
  };
  const nodes = () => {
    const question = questions[at];
    const next = h("button", { class: "main", type: "button", disabled: chosen < 0, click: () => {
      path.push([at, chosen]);
      at = leads(question.answers[chosen]);
      chosen = -1;
      if (at >= questions.length) end();
      else draw();
    } }, words.next);
    const found = h("div", null, fits());
    const choose = (nr) => {
      chosen = nr;
      answers.forEach((each, which) => {
        each.setAttribute("aria-checked", which === nr);
        each.tabIndex = which === nr ? 0 : -1;
      });
      next.disabled = false;
      found.replaceChildren(...[fits()].filter(Boolean));
    };
    const answers = question.answers.map((one, nr) => h("button", { type: "button", role: "radio", "aria-checked": `${nr === chosen}`, tabindex: nr === Math.max(0, chosen) ? 0 : -1, click: () => choose(nr) }, h("i", { "aria-hidden": "true" }, nr + 1), h("b", null, one.text), one.note && h("span", null, one.note)));
    // Its number chooses an answer, arrows go from one to the next, as in any group of choices.
    const keys = (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], count = answers.length;
      const at = answers.indexOf(event.target), to = step ? (at + step + count) % count : Number(event.key) - 1;
      if (!answers[to]) return;
      event.preventDefault();
      choose(to);
      answers[to].focus();
    };
    return [
      h("ol", { class: "track", "aria-hidden": "true" }, questions.map((_, nr) => h("li", { class: nr < at ? "past" : nr === at ? "at" : "" }))),
      h("p", { class: "step" }, say(words.step, path.length + 1, questions.length)),
      ui.heading(question.text),
      h("div", { class: "answers", role: "radiogroup", "aria-label": question.text, keydown: keys }, answers),
      found,
      h("div", { class: "two" }, next, path.length > 0 && h("button", { class: "plain", type: "button", click: back }, words.back)),
    ];
  };
  const draw = () => api.fill(nodes());
  return { ...view, nodes: nodes() };
};
