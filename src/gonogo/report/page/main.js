// Start: everything is shown once, and again whenever something changes.

const chooser = byId("category");
chooser?.addEventListener("change", () => {
  state.category = categories[Number(chooser.value)];
  changed("category");
});
for (const pick of document.querySelectorAll(".pick")) {
  pick.addEventListener("click", () => {
    state.category = categories[Number(pick.dataset.category)];
    changed("category");
  });
}

watch(["category"], () => {
  const at = categories.indexOf(state.category);
  if (chooser) chooser.value = String(at);
  for (const pick of document.querySelectorAll(".pick")) pick.setAttribute("aria-pressed", String(Number(pick.dataset.category) === at));
  for (const place of document.querySelectorAll('[data-show="category"]')) place.textContent = state.category.name;
});

new ResizeObserver(() => {
  imageSlider.place();
  pixelSlider?.place();
}).observe(byId("main"));

changed("category");
document.documentElement.classList.add("ready");
