// The application installed: registers the service worker and tells it the language of the page. A browser without workers,
// or an address without https, works as it did.

if ("serviceWorker" in navigator && isSecureContext) {
  const tell = (registration) => {
    const worker = registration.active || registration.waiting || registration.installing;
    worker?.postMessage({ language: document.documentElement.lang });
  };
  addEventListener("load", () => {
    navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" })
      .then(() => navigator.serviceWorker.ready).then(tell)
      .catch(() => { /* the page works without; the next visit tries again */ });
  });
}
