// A line along an edge of the page; the page under it stays where it is.

export default (ui, { content, told }, api) => {
  const { h } = ui, rest = h("b", { role: "timer", "aria-live": "off" });
  const time = () => api.ends && h("span", null, ui.words.left, " ", rest);
  if (api.ends) api.tick((left) => { rest.textContent = ui.count(left); });
  const done = (said) => [h("p", { role: "status" }, said.thanks || content.text || content.title), ui.code(said.code), said.code && time()];
  const leads = !content.gives && ui.link(content.link);
  const send = ui.acting(api, content.button, null, (said) => (leads ? location.assign(leads) : api.fill(...done(said))));
  return {
    place: content.edge,
    label: content.title || content.text,
    css: ".bar .code{margin:0}",
    nodes: told ? done(told) : [h("p", null, content.title && h("b", null, content.title), content.title && content.text ? " " : "", content.text), time(), content.button && send.button, send.why],
  };
};
