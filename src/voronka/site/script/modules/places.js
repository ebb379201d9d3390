// In which shops it is, by size and colour.

const WORDS = { ru: { is: "есть", few: "осталось {}", none: "Сейчас нет ни в одном магазине", kind: "Вариант" }, en: { is: "in stock", few: "{} left", none: "In no shop at the moment", kind: "Variant" } };

export default (ui, { content }) => {
  const { h, say } = ui, words = WORDS[ui.lang], list = h("ul", { class: "shops", "aria-live": "polite" });
  const draw = (kind) => list.replaceChildren(...(kind.places.length ? kind.places.map((one) => h("li", null, h("span", null, one.name), h("b", null, one.few ? say(words.few, one.few) : words.is))) : [h("li", null, words.none)]));
  const first = Math.max(0, content.kinds.findIndex((one) => one.this));
  const choose = h("select", { change: () => draw(content.kinds[choose.value]) }, content.kinds.map((one, nr) => h("option", { value: nr, selected: nr === first }, one.name)));
  draw(content.kinds[first]);
  return {
    place: "corner", label: content.title,
    css: ".shops{margin-top:12px}.shops li{display:flex;justify-content:space-between;gap:12px;min-height:40px;align-items:center;border-top:1px solid var(--line)}",
    nodes: [ui.heading(content.title), content.good && h("p", { class: "lead" }, content.good), content.text && h("p", { class: "text" }, content.text), content.kinds.length > 1 && h("label", { class: "field" }, h("span", null, words.kind), choose), list],
  };
};
