// How often it was bought: a number of our own orders, never one that was made up.

export default (ui, { content }) => {
  const { h } = ui, plural = new Intl.PluralRules(ui.lang);
  const forms = ui.lang === "ru" ? { one: "раз", few: "раза", many: "раз", other: "раза" } : { one: "time", other: "times" };
  const days = ui.lang === "ru" ? { one: "день", few: "дня", many: "дней", other: "дня" } : { one: "day", other: "days" };
  const said = ui.lang === "ru" ? "Купили {} {} за {} {}" : "Bought {} {} in {} {}";
  const text = ui.say(said, content.times, forms[plural.select(content.times)], content.days, days[plural.select(content.days)]);
  return { place: "corner", label: text, css: "@media(min-width:768px){.card{width:320px;padding:14px 20px 8px}}", nodes: [h("p", { role: "status" }, h("b", null, text)), content.good && h("p", { class: "lead" }, content.good), content.text && h("p", { class: "small" }, content.text)] };
};
