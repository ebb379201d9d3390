// What a page says of itself, in the ways shops say it already: Schema.org, OpenGraph, the list of Google and Yandex
// for tag managers, and attributes of our own where a shop has none of these.

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
        price: number(offer.price ?? offer.lowPrice ?? offer.priceSpecification?.price),
        currency: words(offer.priceCurrency),
      };
    }
  }
  return null;
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
  return own ? line(own, "voronkaProduct") : bySchema() ?? byGraph();
}

/** The basket as the page shows it, or null where it shows none. */
export function basket() {
  const own = document.querySelector("[data-voronka-basket]");
  if (!own) return null;
  const lines = [...own.querySelectorAll("[data-voronka-line]")].slice(0, 50).map((one) => line(one, "voronkaLine"));
  const sum = number(own.dataset.sum) ?? lines.reduce((all, one) => all + (one.price || 0) * (one.count ?? 1), 0);
  return { sum, currency: words(own.dataset.currency), lines };
}

/** Whether something is paid or bought here, by the page's own marks or by its address. */
export function selling() {
  const bought = document.querySelector("[data-voronka-purchase]");
  if (bought) {
    const { voronkaPurchase, sum, currency } = bought.dataset;
    return ["purchase", { number: words(voronkaPurchase), sum: number(sum), currency: words(currency) }];
  }
  const isPaying = document.querySelector("[data-voronka-checkout]") || /checkout|oformlenie/i.test(location.pathname);
  return isPaying ? ["checkout", {}] : null;
}

const item = (one) => ({
  name: words(one.item_name ?? one.name), code: words(one.item_id ?? one.id), price: number(one.price),
  count: number(one.quantity),
});

/** What the page tells tag managers: events as [kind, about]. */
export function told(entry) {
  const shop = entry?.ecommerce, first = (one) => item([].concat(one?.products ?? one?.items ?? [])[0] ?? {});
  if (!shop) return null;
  const name = entry.event, about = { sum: number(shop.value), currency: words(shop.currency) };
  if (name === "view_item" || shop.detail) return ["product", { ...first(shop.detail ?? shop), currency: about.currency }];
  if (name === "view_cart") return ["basket", { ...about, lines: [].concat(shop.items ?? []).slice(0, 50).map(item) }];
  if (name === "begin_checkout") return ["checkout", about];
  if (name === "purchase") return ["purchase", { ...about, number: words(shop.transaction_id) }];
  const paid = shop.purchase?.actionField;
  return paid ? ["purchase", { sum: number(paid.revenue), currency: words(shop.currencyCode), number: words(paid.id) }] : null;
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
