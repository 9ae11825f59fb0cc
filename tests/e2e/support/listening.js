// What a screen reader says of the page.

/** From now on the page keeps what its live regions say; only those that are there already are announced. */
export async function listen(page) {
  await page.evaluate(() => {
    window.announced = [];
    for (const region of document.querySelectorAll("[aria-live=polite], [role=status]")) {
      new MutationObserver(() => window.announced.push(region.textContent)).observe(region, {
        subtree: true, childList: true, characterData: true,
      });
    }
  });
}

/** All that was said since `listen`, in order. */
export function announced(page) {
  return page.evaluate(() => window.announced);
}
