// Runs before the first paint: "as the system" becomes a theme, so nothing flashes.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const asked = root.dataset.theme;
    root.dataset.bsTheme = asked === "dark" || (asked !== "light" && dark.matches) ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply);
})();
