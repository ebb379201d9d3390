// A window in the middle of the page: something said, a contact if one is asked for, a code if one is given.

export default (ui, { content, told }, api) => {
  const { h } = ui, show = (said) => api.fill(ui.done(api, content, said));
  if (told) return { place: "middle", label: content.title, nodes: ui.done(api, content, told) };
  const leads = !content.gives && content.contact === "none" && ui.link(content.link);
  let send;
  const asked = ui.contact(content, () => send.press);
  send = ui.acting(api, content.button, asked.read, (said) => (leads ? location.assign(leads) : show(said)));
  return {
    place: "middle",
    label: content.title,
    nodes: [ui.heading(content.title), content.text && h("p", { class: "text" }, content.text), ui.timer(api), asked.nodes, h("p", { class: "lead" }), send.why, send.button],
  };
};
