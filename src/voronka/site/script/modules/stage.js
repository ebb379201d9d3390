// What a visitor sees of ours: hears the page, knows from simple rules when it is worth asking, and shows what the
// server says, one thing at a time. The deadline of whatever is shown is the server's, told as what is left of it.

const LEFT = "voronka.shown", PAGES = "voronka.pages", OVER = "voronka.over", AGAIN = 5000, HOUR = 3600000, TRIES = 3;
const BY_SECONDS = ["seconds", "left"];
const HEARD = ["page", "product", "basket", "checkout", "purchase", "exit", "idle", "form", "identify"];

export default (kit, said) => {
  const { quiet, screen, tracker } = kit;
  let ui = null;
  let path = "", page = {}, fired = new Set(), asking = false, wanted = [], shown = null, again = 0, timers = [];
  let own = ""; // the key of a visitor who may not be followed: of this page, for what he opens himself
  let saying = Promise.resolve(); // what he did with a widget arrives in its order, and before anything new is asked for

  const session = (name, value) => {
    if (!may()) return null; // who may not be followed: nothing is kept, not in the tab either
    try { if (value === undefined) return sessionStorage.getItem(name); sessionStorage.setItem(name, value); } catch { /* forbidden */ }
    return null;
  };
  const may = () => {
    if (navigator.globalPrivacyControl === true) return false;
    try { return !tracker.settings().ask || localStorage.getItem("voronka.c") === "1"; } catch { return !tracker.settings().ask; }
  };
  const like = (pattern, text) => {
    const [first, ...rest] = pattern.split("*");
    if (!rest.length) return text === first;
    const last = rest.pop();
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    return rest.every((one) => (at = text.indexOf(one, at) + one.length) >= one.length && at <= text.length - last.length);
  };
  // What the server has said is over for this visitor is not asked for again within an hour, whatever page he opens.
  let over = {};
  try { over = JSON.parse(session(OVER)) || over; } catch { /* somebody else's */ }
  const rest = (ids) => {
    for (const one of ids) { over[one] = Date.now() + HOUR; fired.delete(one); }
    session(OVER, JSON.stringify(over));
  };
  const device = innerWidth < 768 ? "phone" : "";
  const here = (one) =>
    (!one.paths.length || one.paths.some((each) => like(each, path))) && !one.but.some((each) => like(each, path)) &&
    (!one.goods || page.product) && (!one.devices.length || !device || one.devices.includes(device));

  const put = quiet((show) => {
    if (shown?.id === show.id) return;
    Promise.all([kit.load("ui"), kit.load(show.kind)]).then(quiet(([pieces, module]) => {
      if (shown?.id === show.id) return; // told twice while its pieces came
      ui ??= pieces.makeUi(said.look, kit.nonce, document.documentElement.lang);
      const name = `widget ${show.id}`;
      let told = null;
      if (show.asked) shown?.end("pushed"); // what he wants himself takes the place of whatever is there
      if (!screen.take(name, show.rank, () => told?.end("pushed"))) return;
      const mine = { showing: show.id, once: show.once };
      const tell = (what, answers) => (saying = saying.then(() => kit.call("stage.told", { ...mine, what, answers })));
      told = pieces.present(ui, show, module.default, {
        act: (answers) => tell("acted", answers),
        onClose: (why) => {
          shown = null;
          session(LEFT, "");
          if (why === "closed") tell("closed").then(() => { if (said.hears) ask("tick"); });
          screen.free(name);
        },
      });
      shown = { id: show.id, end: told.end };
      session(LEFT, show.id);
      tell("shown");
    })).catch(() => { /* a blocker, or no network: nothing is shown */ });
  });

  // `id` is that of the event: asked again after a broken network, the moment is heard once.
  const ask = quiet((kind, id, tries = 0) => {
    // What scenarios hear is told whatever is on the screen: a purchase begins letters. The rest waits for the screen.
    const isHeard = said.hears && HEARD.includes(kind);
    if (!may() || (shown && !isHeard && kind !== "exit" && kind !== "checkout")) return;
    if (asking) { if (!wanted.some(([one]) => one === kind)) wanted.push([kind, id, tries]); return; }
    asking = true;
    const left = session(LEFT) && !shown ? session(LEFT) : "";
    if (left) session(LEFT, "");
    const about = { id, product: page.product, basket: page.basket, purchase: page.purchase, pages: page.number, seconds: Math.round((Date.now() - page.from) / 1000) };
    if (kind === "basket") about.lines = page.lines; // of which categories, the catalogue knows
    const moment = { kind, page: path, left, about, fired: [...fired] };
    saying.then(() => kit.call("stage.next", moment)).then(quiet((answer) => {
      asking = false;
      if (answer?.status === 200) {
        if (answer.over) rest(answer.over);
        if (answer.chat && !kit.chat?.isOpen()) kit.chat?.open(true);
        else if (answer.show) put(answer.show);
        clearTimeout(again);
        if (answer.again) again = setTimeout(() => ask("tick"), answer.again * 1000);
      }
      if (!answer && isHeard && id && tries < TRIES) setTimeout(ask, AGAIN << tries, kind, id, tries + 1);
      if (wanted.length) setTimeout(ask, 300, ...wanted.shift());
    }));
  });

  // A widget's own moment has come; where the page is not (yet) one of its pages, nobody is asked.
  const fire = (when, fits, kind, id) => {
    let is = false;
    for (const one of said.widgets) {
      if (one.when !== when || fired.has(one.id) || over[one.id] > Date.now() || !fits(one) || !here(one)) continue;
      fired.add(one.id);
      is = true;
    }
    if (is) ask(kind ?? "tick", id);
    return is;
  };
  const look = () => {
    const seconds = (Date.now() - page.from) / 1000;
    for (const when of BY_SECONDS) fire(when, (one) => seconds >= one.number);
    fire("pages", (one) => page.number >= one.number);
    fire("returning", () => true);
  };
  const enter = () => {
    if (path !== location.pathname) {
      path = location.pathname;
      page = { from: Date.now(), number: Number(session(PAGES) || 0) + 1 };
      session(PAGES, page.number);
      fired = new Set();
      timers.forEach(clearTimeout);
      const waits = new Set(said.widgets.filter((one) => BY_SECONDS.includes(one.when)).map((one) => one.number));
      timers = [...waits].map((one) => setTimeout(quiet(look), one * 1000 + 50));
    }
    look();
  };

  enter();
  kit.hear((kind, about, id) => {
    if (kind === "page") enter();
    if (kind === "product") page.product = about;
    if (kind === "basket") {
      page.basket = !!about.lines?.length || about.sum > 0;
      page.lines = (about.lines ?? []).slice(0, 50).map(({ code, barcode }) => ({ code, barcode }));
    }
    if (kind === "exit") fire("exit", () => true, "exit", id);
    if (kind === "product") look();
    if (kind === "purchase") {
      page.purchase = about;
      if (fire("purchase", () => true, "purchase", id)) return; // scenarios heard it along with that
    }
    if (said.hears && HEARD.includes(kind)) ask(kind, id);
  });
  let idle = 0, free = 0;
  const active = quiet(() => {
    clearTimeout(idle);
    const least = Math.min(...said.widgets.filter((one) => one.when === "idle").map((one) => one.number));
    if (Number.isFinite(least)) idle = setTimeout(quiet(() => fire("idle", (one) => one.number <= least, "idle")), least * 1000);
  });
  const scrolled = quiet(() => {
    const { scrollHeight } = document.documentElement, depth = ((scrollY + innerHeight) / scrollHeight) * 100;
    fire("scroll", (one) => depth >= one.number);
  });
  const options = { capture: true, passive: true };
  for (const name of ["pointerdown", "keydown", "scroll", "pointermove"]) document.addEventListener(name, active, options);
  document.addEventListener("scroll", scrolled, options);
  document.addEventListener("click", quiet((event) => {
    const widget = event.target.closest?.("[data-voronka-open]")?.dataset.voronkaOpen;
    if (!widget) return;
    event.preventDefault();
    const about = { product: page.product, basket: page.basket, purchase: page.purchase };
    const once = may() ? undefined : (own ||= kit.tracker.newKey());
    kit.call("stage.open", { widget, page: path, about, once }).then(quiet((answer) => answer?.show && put({ ...answer.show, once })));
  }), { capture: true });
  screen.onFree(() => {
    clearTimeout(free);
    free = setTimeout(() => { if (fired.size || said.hears) ask("tick"); }, AGAIN);
  });
  active();
  // What was there on the page before, or waits since then: the page itself has its moment, heard above.
  if (session(LEFT) || said.hears) ask("tick");
};
