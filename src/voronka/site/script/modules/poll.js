// One question, and how others have answered it.

export default (ui, { content, told }, api) => {
  const { h } = ui, isScale = content.scale === "nps";
  const names = isScale ? Array.from({ length: 11 }, (_, nr) => `${nr}`) : content.answers;
  const results = (said) => {
    const all = said.votes?.reduce((sum, one) => sum + one, 0) || 1;
    return [
      ui.heading(content.title),
      said.thanks && h("p", { class: "text", role: "status" }, said.thanks),
      said.votes && h("ul", { class: "votes" }, said.votes.map((one, nr) => h("li", null, h("span", null, names[nr]), h("progress", { max: all, value: one, "aria-label": names[nr] }), h("b", null, `${Math.round((one / all) * 100)} %`)))),
    ];
  };
  const view = {
    place: "corner", label: content.title,
    css: `.choices{display:grid;gap:8px;margin:16px 0 8px}.choices.nps{grid-template-columns:repeat(11,1fr);gap:3px}.choices button{min-height:48px;padding:4px 14px;border:1px solid var(--edge);border-radius:var(--r)}.nps button{padding:0;text-align:center}
.votes{margin-top:14px}.votes li{display:grid;grid-template-columns:minmax(0,1fr) 96px 48px;gap:10px;align-items:center;min-height:28px}.votes b{text-align:right}progress{width:100%;height:6px;accent-color:var(--brand-ink)}`,
  };
  if (told) return { ...view, nodes: results(told) };
  let choice = 0;
  const send = ui.acting(api, "", () => ({ choice }), (said) => api.fill(results(said)));
  const choose = (nr) => { choice = nr; send.press(); };
  return { ...view, nodes: [ui.heading(content.title), content.text && h("p", { class: "lead" }, content.text), h("div", { class: `choices${isScale ? " nps" : ""}`, role: "group", "aria-label": content.title }, names.map((one, nr) => h("button", { type: "button", click: () => choose(nr) }, one))), send.why] };
};
