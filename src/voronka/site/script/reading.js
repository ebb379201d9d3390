// What a page says of itself, in the ways shops say it already: Schema.org (JSON-LD and microdata), OpenGraph, the list of
// Google and Yandex for tag managers, the basket of WooCommerce and of Tilda, and attributes of our own where a shop has
// none of these.

const MOST_TEXT = 200000;
const number = (text) => {
  const found = parseFloat(`${text ?? ""}`.replace(/[\s\u00a0]/g, "").replace(",", "."));
  return Number.isFinite(found) ? found : undefined;
};
const words = (text) => (text == null ? undefined : `${text}`.trim().slice(0, 300) || undefined);
const isKind = (one, kind) => [].concat(one?.["@type"] ?? []).some((type) => `${type}`.split("/").pop() === kind);

/** The first thing of a kind within what JSON-LD says: as it is, in a list, in a graph, as what the page is about. */
function within(value, kind, depth = 0) {
  if (!value || typeof value !== "object" || depth > 4) return null;
  if (isKind(value, kind)) return value;
  const inner = Array.isArray(value) ? value.slice(0, 50) : [value["@graph"], value.mainEntity, value.hasVariant];
  for (const one of inner) {
    const found = within(one, kind, depth + 1);
    if (found) return found;
  }
  return null;
}

function bySchema() {
  for (const script of document.querySelectorAll('script[type="application/ld+json"]')) {
    const text = script.textContent;
    let said = null;
    try { said = text.length < MOST_TEXT && JSON.parse(text); } catch { continue; }
    const found = within(said, "Product");
    if (found) {
      const offer = [].concat(found.offers ?? [])[0] ?? {};
      return {
        name: words(found.name), code: words(found.sku ?? found.mpn ?? offer.sku),
        barcode: words(found.gtin13 ?? found.gtin ?? found.gtin14 ?? found.gtin8 ?? found.gtin12),
        price: number(offer.price ?? offer.lowPrice ?? [].concat(offer.priceSpecification ?? [])[0]?.price),
        currency: words(offer.priceCurrency),
      };
    }
  }
  return null;
}

/** Microdata, as shops of 1C-Bitrix and InSales write it. */
function byMarks() {
  const found = document.querySelector('[itemscope][itemtype$="schema.org/Product"]');
  const said = (name) => {
    const one = found?.querySelector(`[itemprop="${name}"]`);
    return one?.content || one?.textContent;
  };
  return found && said("name") ? {
    name: words(said("name")), code: words(said("sku") ?? said("mpn")), barcode: words(said("gtin13")),
    price: number(said("price") ?? said("lowPrice")), currency: words(said("priceCurrency")),
  } : null;
}

function byGraph() {
  const meta = (name) => document.querySelector(`meta[property="${name}"]`)?.content;
  if (!/product/.test(meta("og:type") ?? "") && !meta("product:price:amount")) return null;
  return {
    name: words(meta("og:title")), code: words(meta("product:retailer_item_id")), barcode: words(meta("product:ean")),
    price: number(meta("product:price:amount") ?? meta("og:price:amount")),
    currency: words(meta("product:price:currency") ?? meta("og:price:currency")),
  };
}

const line = ({ dataset: one }, mark) => ({
  name: words(one.name ?? one[mark]), code: words(one.code), barcode: words(one.barcode), price: number(one.price),
  currency: words(one.currency), count: number(one.count),
});

/** The product that the page is of, or null. */
export function product() {
  const own = document.querySelector("[data-voronka-product]");
  return own ? line(own, "voronkaProduct") : bySchema() ?? byMarks() ?? byGraph();
}

const summed = (lines) => lines.reduce((all, one) => all + (one.price || 0) * (one.count ?? 1), 0);

/** The basket's page of WooCommerce, of its blocks and of its older form. */
function ofWoo() {
  const all = document.querySelectorAll(".wc-block-cart-items__row, .woocommerce-cart-form .cart_item");
  const lines = [...all].slice(0, 50).map((one) => {
    const text = (which) => one.querySelector(which)?.textContent;
    const count = one.querySelector(".wc-block-components-quantity-selector__input, input.qty");
    return {
      name: words(text(".wc-block-components-product-name, .product-name a, .product-name")),
      price: number(text(".wc-block-components-product-price ins, .wc-block-components-product-price__value, .product-price ins, .product-price .amount")),
      count: number(count?.value) ?? 1,
    };
  });
  return lines.length ? { sum: summed(lines), lines } : null;
}

/** The basket of Tilda: a list of the page's own. */
function ofTilda() {
  const all = window.tcart?.products;
  if (!Array.isArray(all) || !all.length) return null;
  const lines = all.slice(0, 50).map((one) => ({
    name: words(one?.name), code: words(one?.sku), price: number(one?.price), count: number(one?.quantity) ?? 1,
  }));
  return { sum: number(window.tcart.amount) ?? summed(lines), lines };
}

/** The basket as the page shows it, or null where it shows none. */
export function basket() {
  const own = document.querySelector("[data-voronka-basket]");
  if (!own) return ofWoo() ?? ofTilda();
  const lines = [...own.querySelectorAll("[data-voronka-line]")].slice(0, 50).map((one) => line(one, "voronkaLine"));
  const sum = number(own.dataset.sum) ?? summed(lines);
  return { sum, currency: words(own.dataset.currency), lines };
}

/** Whether something is paid or bought here, by the page's own marks or by its address. */
export function selling() {
  const bought = document.querySelector("[data-voronka-purchase]");
  if (bought) {
    const { voronkaPurchase, sum, currency } = bought.dataset;
    return ["purchase", { number: words(voronkaPurchase), sum: number(sum), currency: words(currency) }];
  }
  const woo = location.pathname.match(/order-received\/(\d+)/);
  if (woo) {
    const sum = number(document.querySelector(".woocommerce-order-overview__total .amount")?.textContent);
    return ["purchase", { number: woo[1], sum }];
  }
  const isPaying = document.querySelector("[data-voronka-checkout]") || /checkout|oformlenie/i.test(location.pathname);
  return isPaying ? ["checkout", {}] : null;
}

const item = (one) => ({
  name: words(one.item_name ?? one.name), code: words(one.item_id ?? one.id), price: number(one.price),
  count: number(one.quantity),
});

// Tag managers are told what is put in and taken out, not what lies in the basket: that is reckoned here. It is kept
// where the tracker keeps its visitor, so not before he has agreed, and for him alone.
const HELD = "voronka.b";
let held = { l: [] };
const stored = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const lying = () => {
  const v = stored("voronka.v");
  if (held.v && held.v !== v) held = { l: [] };
  if (!held.l.length && v) {
    try { const was = JSON.parse(stored(HELD)); if (was?.v === v) held = was; } catch { /* nothing is kept, or not by us */ }
  }
  return held.l;
};
const lay = (l) => {
  const v = stored("voronka.v");
  held = v ? { v, l } : { l };
  try { if (v) localStorage.setItem(HELD, JSON.stringify(held)); } catch { /* as above */ }
  return l;
};

/** The basket after so many of these goods were put in (1) or taken out (-1). */
const changed = (goods, sign, currency) => {
  const lines = lying().map((one) => ({ ...one }));
  for (const one of goods.slice(0, 50)) {
    const known = lines.find((other) => (one.code ? other.code === one.code : other.name === one.name));
    if (known) known.count += sign * (one.count ?? 1);
    else if (sign > 0) lines.push({ ...one, count: one.count ?? 1 });
  }
  const left = lay(lines.filter((one) => one.count > 0).slice(0, 50));
  return ["basket", { sum: summed(left), currency, lines: left }];
};

/** What the page tells tag managers: events as [kind, about]. Also as gtag() tells it: ["event", name, about]. */
export function told(entry) {
  const isTag = entry?.[0] === "event" && typeof entry[1] === "string";
  const shop = isTag ? entry[2] : entry?.ecommerce;
  if (!shop || typeof shop !== "object") return null;
  const name = isTag ? entry[1] : entry.event, goods = (one) => [].concat(one?.products ?? one?.items ?? []).slice(0, 50).map((each) => item(each ?? {}));
  const about = { sum: number(shop.value), currency: words(shop.currency ?? shop.currencyCode) };
  if (name === "view_item" || shop.detail) return ["product", { ...goods(shop.detail ?? shop)[0], currency: about.currency }];
  if (name === "view_cart") return ["basket", { ...about, lines: lay(goods(shop)) }];
  if (name === "add_to_cart" || shop.add) return changed(goods(shop.add ?? shop), 1, about.currency);
  if (name === "remove_from_cart" || shop.remove) return changed(goods(shop.remove ?? shop), -1, about.currency);
  if (name === "begin_checkout" || shop.checkout) return ["checkout", about];
  if (name === "purchase" && !shop.purchase) {
    lay([]);
    return ["purchase", { ...about, number: words(shop.transaction_id) }];
  }
  const paid = shop.purchase?.actionField;
  if (!paid) return null;
  lay([]);
  const sum = number(paid.revenue) ?? summed(goods(shop.purchase));
  return ["purchase", { sum, currency: about.currency, number: words(paid.id) }];
}

const SECRET = /pass|card|cvv|cvc|secret|token|парол|карт/i;
const SAID = { phone: /phone|tel|телефон/i, email: /mail|почт/i, person: /name|fio|имя|фио/i };

/** What a form asked for; what was typed only where the owner of the site has allowed it, never what is secret. */
export function form(one, takes) {
  const fields = [], said = {};
  for (const field of [...one.elements].slice(0, 100)) {
    const { name, type, value } = field;
    if (!name || /hidden|password|submit|button|file/.test(type) || SECRET.test(name + (field.autocomplete ?? ""))) continue;
    fields.push(name.slice(0, 60));
    for (const what in SAID) {
      const is = SAID[what].test(`${name} ${field.autocomplete ?? ""}`) || (type === "tel" ? what === "phone" : type === what);
      if (takes && is && value && !said[what]) said[what] = value.slice(0, 200);
    }
  }
  return { name: words(one.getAttribute("name") ?? one.id), fields: fields.slice(0, 30), ...said };
}
