// An order of what is looked at, in two steps: its full price first, then who orders it and where it goes.

const WORDS = {
  ru: { next: "Оформить", back: "Назад", many: "Сколько", fewer: "Меньше", more: "Больше", how: "Как получите", pay: "Как заплатите", free: "бесплатно", total: "Всего с доставкой", address: "Адрес", buy: "Заказать за {}", step: "Шаг {} из 2", number: "Заказ № {}, {}", open: "Открыть заказ", most: "есть только {}" },
  en: { next: "Go on", back: "Back", many: "How many", fewer: "Fewer", more: "More", how: "How you get it", pay: "How you pay", free: "no charge", total: "In all, with delivery", address: "Address", buy: "Order for {}", step: "Step {} of 2", number: "Order No. {}, {}", open: "Open the order", most: "only {} left" },
};
const CSS = `.lead:empty{margin-top:14px}.step{margin-top:2px;color:var(--ink-2);font-size:13px}.many{display:flex;align-items:center;gap:4px;margin-top:12px}.many span{flex:1}.many b{min-width:40px;text-align:center;font-size:17px}.many button{width:44px;height:44px;border:1px solid var(--edge);border-radius:var(--r);text-align:center;font-size:20px}
fieldset{margin-top:12px;border:0}legend{color:var(--ink-2);font-size:13px}.way{display:flex;align-items:center;gap:10px;min-height:44px;border-bottom:1px solid var(--line)}.way span{flex:1}.way input{width:20px;height:20px;accent-color:var(--brand-ink)}
.all{display:flex;align-items:baseline;justify-content:space-between;gap:12px;margin:14px 0}.all b{font-size:28px;line-height:34px;letter-spacing:-.02em}`;

export default (ui, { content, told }, api) => {
  const { h, say, money } = ui, words = WORDS[ui.lang], { currency, delivery, payment } = content;
  const done = (said) => [
    ui.heading(said.number ? say(words.number, said.number, money(said.sum, said.currency)) : content.title),
    h("p", { class: "text", role: "status" }, said.thanks),
    ui.link(said.link) && h("p", { class: "text" }, h("a", { class: "main", href: ui.link(said.link), target: "_blank", rel: "noopener" }, words.open)),
  ];
  const view = { place: "middle", label: content.title, css: CSS };
  if (told) return { ...view, nodes: done(told) };
  let count = 1, way = delivery[0], paid = payment[0], send;
  // Made once: who goes back a step loses nothing of what he has typed.
  const asked = ui.contact({ ...content, contact: "phone" }, () => send.press);
  const name = ui.field(ui.words.name, { autocomplete: "name", maxlength: 200 });
  const address = ui.field(words.address, { autocomplete: "street-address", maxlength: 500 });
  const costs = (one) => (one.free_from != null && content.price * count >= one.free_from ? 0 : Number(one.cost));
  const price = (sum) => (sum ? money(sum, currency) : words.free);
  const total = () => money(Math.round((content.price * count + costs(way)) * 100) / 100, currency);
  const choices = (name, legend, all, chosen, choose, about) => h("fieldset", null, h("legend", null, legend), all.map((one) => h("label", { class: "way" }, h("input", { type: "radio", name, checked: one === chosen, change: () => choose(one) }), h("span", null, one.name), about?.(one))));

  const first = () => {
    const number = h("b", { role: "status" }, count), all = h("b"), costed = delivery.map((one) => h("b", null, price(costs(one))));
    const draw = () => {
      number.textContent = count;
      all.textContent = total();
      fewer.disabled = count <= 1;
      more.disabled = count >= content.most;
      delivery.forEach((one, nr) => { costed[nr].textContent = price(costs(one)); });
    };
    const turn = (by) => () => { count = Math.min(content.most, Math.max(1, count + by)); draw(); };
    const fewer = h("button", { type: "button", "aria-label": words.fewer, click: turn(-1) }, "−"), more = h("button", { type: "button", "aria-label": words.more, click: turn(1) }, "+");
    const nodes = [
      ui.heading(content.title), h("p", { class: "step" }, say(words.step, 1)), content.text && h("p", { class: "lead" }, content.text),
      h("p", { class: "text" }, content.good), h("p", { class: "all" }, h("span", null, words.total), all),
      h("div", { class: "many", role: "group", "aria-label": words.many }, h("span", null, words.many, content.most < 10 && h("i", { class: "small" }, ` · ${say(words.most, content.most)}`)), fewer, number, more),
      choices("way", words.how, delivery, way, (one) => { way = one; draw(); }, (one) => costed[delivery.indexOf(one)]),
      h("p", { class: "lead" }), h("button", { class: "main", type: "button", click: () => api.fill(second()) }, words.next),
    ];
    draw();
    return nodes;
  };
  const second = () => {
    const typed = (node) => node.querySelector("input").value;
    send = ui.acting(api, say(words.buy, total()), () => ({ ...asked.read(), name: typed(name), address: way.brings ? typed(address) : "", count, delivery: way.id, payment: paid?.id ?? "" }), (said) => api.fill(done(said)));
    return [
      ui.heading(content.title), h("p", { class: "step" }, say(words.step, 2)), h("p", { class: "text" }, `${content.good} × ${count}, ${way.name}`),
      payment.length > 1 && choices("pay", words.pay, payment, paid, (one) => { paid = one; }),
      name, way.brings && address, asked.nodes, send.why,
      h("div", { class: "two" }, send.button, h("button", { class: "plain", type: "button", click: () => api.fill(first()) }, words.back)),
    ];
  };
  return { ...view, nodes: first() };
};
