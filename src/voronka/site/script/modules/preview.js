// The frame of the editor: shows one widget as a site does, and does nothing else.

import { makeUi, present } from "./ui.js";

const { show, look } = JSON.parse(document.getElementById("show").textContent);
import(new URL(`../${show.kind}/`, import.meta.url).href).then((module) => {
  const ui = makeUi({ ...look, still: true }, "", document.documentElement.lang);
  const given = { status: 200, code: show.content.gives ? "7KX2M-9QTB4" : "", thanks: show.content.thanks, ...show.content.example };
  present(ui, show, module.default, { act: () => Promise.resolve(given), onClose: () => {} });
});
