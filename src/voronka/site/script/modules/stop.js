// An offer to somebody who leaves: what he looked at, its price before and after, and how long that is true.

export default (ui, { content, told, asked: isAsked }, api) => {
  const { h, words, say, money } = ui, { price } = content;
  if (told) return { place: "middle", label: content.title, nodes: ui.done(api, content, told) };
  let send;
  const asked = ui.contact(content, () => send.press);
  send = ui.acting(api, content.button, asked.read, (said) => api.fill(ui.done(api, content, said)));
  const after = price && api.ends ? ` ${say(words.after, ui.clock(api.ends), money(price.was, price.currency))}` : "";
  return {
    place: "middle",
    label: content.title,
    nodes: [
      ui.heading(content.title),
      content.good && h("p", { class: "lead" }, content.good),
      price && h("p", { class: "price" }, h("b", null, money(price.now, price.currency)), h("s", null, money(price.was, price.currency))),
      content.text && h("p", { class: "text" }, content.text),
      ui.timer(api),
      api.ends && h("p", { class: "true" }, words.true + after),
      h("div", null, asked.nodes),
      send.why,
      h("div", { class: "two" }, send.button, content.no && h("button", { class: "plain", type: "button", click: api.close }, content.no)),
      !isAsked && h("p", { class: "small" }, words.once),
    ],
  };
};
