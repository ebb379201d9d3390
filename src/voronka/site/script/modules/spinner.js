// A wheel of prizes. It turns to what the server has decided already.

export default (ui, { content, told }, api) => {
  const { h, drawn } = ui, { prizes } = content, each = 360 / prizes.length;
  // Two neighbours never look alike: the last of an odd number is of a colour of its own.
  const hue = (nr) => (nr % 2 ? "odd" : nr === prizes.length - 1 ? "last" : "even");
  const point = (angle, radius) => [120 + radius * Math.sin((angle * Math.PI) / 180), 120 - radius * Math.cos((angle * Math.PI) / 180)].map((one) => one.toFixed(1)).join(" ");
  const slices = prizes.map((_, nr) => drawn("path", { class: hue(nr), d: `M120 120L${point(nr * each, 116)}A116 116 0 ${each > 180 ? 1 : 0} 1 ${point((nr + 1) * each, 116)}Z` }));
  const marks = prizes.map((_, nr) => {
    const mark = drawn("text", { x: 0, y: 0, transform: `translate(${point((nr + 0.5) * each, 84)})`, "text-anchor": "middle", "dominant-baseline": "central", class: hue(nr) === "even" ? "light" : "dark" });
    mark.textContent = `${nr + 1}`;
    return mark;
  });
  const wheel = drawn("g", { class: "wheel" }, ...slices, ...marks);
  const done = (said) => [ui.heading(prizes[said.prize]?.text ?? content.title), said.thanks && h("p", { class: "text", role: "status" }, said.thanks), ui.code(said.code), said.code && ui.timer(api)];
  const view = {
    place: "middle", label: content.title,
    css: `.turn{display:block;width:200px;margin:14px auto}.wheel{transform-origin:120px 120px}.even{fill:var(--brand)}.odd{fill:var(--soft)}.last{fill:var(--line)}.wheel path{stroke:var(--sheet);stroke-width:2}text{font-size:20px;font-weight:700}.light{fill:var(--on)}.dark{fill:var(--ink)}.pin{fill:var(--ink);stroke:var(--sheet);stroke-width:2}
.prizes{display:grid;grid-template-columns:1fr 1fr;gap:2px 16px;margin-bottom:12px;font-size:14px;list-style:decimal inside}
@media(prefers-reduced-motion:no-preference){.wheel{transition:transform 2.4s cubic-bezier(.2,.7,.1,1)}}`,
  };
  if (told) return { ...view, nodes: done(told) };
  let send;
  const asked = ui.contact(content, () => send.press);
  send = ui.acting(api, content.button, asked.read, (said) => {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    wheel.style.transform = `rotate(${1440 - (said.prize + 0.5) * each}deg)`;
    return new Promise((over) => setTimeout(() => over(api.fill(done(said))), still ? 0 : 2600));
  });
  return {
    ...view,
    nodes: [
      ui.heading(content.title), content.text && h("p", { class: "lead" }, content.text),
      drawn("svg", { class: "turn", viewBox: "0 0 240 250", "aria-hidden": "true" }, wheel, drawn("path", { class: "pin", d: "M120 26l-9-22h18z" })),
      h("ol", { class: "prizes" }, prizes.map((one) => h("li", null, one.text))), asked.nodes, send.why, send.button,
    ],
  };
};
