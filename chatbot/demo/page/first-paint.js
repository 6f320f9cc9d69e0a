// A classic script on purpose: it runs before the first paint, so the page never flashes the other theme.
{
  const remembered = localStorage.getItem("theme");
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = remembered ?? system;
}
