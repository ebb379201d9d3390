// Goods that go with what is looked at, each with the price of the moment.

export default (ui, { content }, api) => {
  const { h } = ui;
  return {
    place: "corner", label: content.title,
    css: ".goods{margin:12px 0 4px}.goods li{display:flex;justify-content:space-between;gap:12px;align-items:center;min-height:48px;border-top:1px solid var(--line)}.goods a{display:flex;align-items:center;min-height:44px;text-underline-offset:2px}.goods b{white-space:nowrap}",
    nodes: [
      ui.heading(content.title), content.text && h("p", { class: "lead" }, content.text),
      h("ul", { class: "goods" }, content.goods.map((one) => h("li", null, ui.link(one.link) ? h("a", { href: ui.link(one.link), click: () => { api.act({}); } }, one.name) : h("span", null, one.name), h("b", null, ui.money(one.price, one.currency))))),
    ],
  };
};
