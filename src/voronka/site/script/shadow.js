// What we draw lives in a shadow of its own: the page's styles do not reach it, ours do not leave it. Made of nodes
// alone, as pages that trust no text as markup demand.

export const SVG = "http://www.w3.org/2000/svg";

/** A node: its name, what is set on it (`on...` hears, `aria-...` and `data-...` are attributes), what is in it. */
export function node(name, given = {}, ...inner) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && !key.includes("-")) made[key] = value;
    else if (value !== null) made.setAttribute(key, value);
  }
  made.append(...inner.filter(Boolean));
  return made;
}

/** A sign of 24 by 24, of strokes. */
export function sign(...paths) {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  for (const one of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", one);
    made.append(path);
  }
  return made;
}

/** Let a shadow be drawn by a sheet: an adopted one needs no leave of a policy, a style element needs the nonce. */
export function dress(root, css, nonce) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    root.append(node("style", { nonce: nonce ?? "", textContent: css }));
  }
}

const numbers = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
const parted = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
/** The lightness of a colour by its parts of 255, from nought to one, and the contrast of two of them. */
export const light = (parts) => {
  const [r, g, b] = parts.map((one) => ((one /= 255) <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
export const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);

/** Whether the page we stand on is dark: by what it paints, else by what it says of itself. */
export function isDark() {
  for (const one of [document.body, document.documentElement]) {
    const [r, g, b, alpha = 1] = numbers(getComputedStyle(one).backgroundColor);
    if (r !== undefined && alpha > 0.5) return light([r, g, b]) < 0.2;
  }
  return getComputedStyle(document.documentElement).colorScheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches;
}

/** The company's colour so that it is seen on the page's ground, and the colour of words upon it. */
export function tones(hex, dark) {
  let parts = parted(hex);
  const ground = dark ? light([38, 37, 34]) : 1, aim = dark ? 255 : 0;
  for (let step = 0; step < 20 && contrast(light(parts), ground) < 4.5; step++) parts = parts.map((one) => one + (aim - one) * 0.12);
  const has = light(parts);
  return { colour: `rgb(${parts.map(Math.round).join(" ")})`, upon: contrast(has, 1) >= contrast(has, 0.012) ? "#fff" : "#1d1c1a" };
}
