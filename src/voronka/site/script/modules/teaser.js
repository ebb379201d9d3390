// A small card in the corner: it takes neither the page nor the focus from the visitor.

export default (ui, { content, told }, api) => {
  const { h } = ui, view = { place: "corner", label: content.title, css: "@media(min-width:768px){.card{width:360px}}" };
  if (told) return { ...view, nodes: ui.done(api, content, told) };
  const leads = !content.gives && content.contact === "none" && ui.link(content.link);
  let send;
  const asked = ui.contact(content, () => send.press);
  send = ui.acting(api, content.button, asked.read, (said) => (leads ? location.assign(leads) : api.fill(ui.done(api, content, said))));
  const price = content.price && h("p", { class: "price" }, h("b", null, ui.money(content.price.now, content.price.currency)), h("s", null, ui.money(content.price.was, content.price.currency)));
  return { ...view, nodes: [ui.heading(content.title), content.good && price ? h("p", { class: "lead" }, content.good) : null, price, content.text && h("p", { class: "text" }, content.text), ui.timer(api), h("div", { class: "small" }, asked.nodes), send.why, send.button] };
};
