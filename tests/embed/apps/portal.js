// What a portal does with the element: a film that is chosen is handed over, and what is said of it is heard.

const reader = document.querySelector("lungfield-reader");
self.heard = [];
for (const name of ["ready", "progress", "stage", "reading", "reveal", "error"]) {
  document.addEventListener(`lungfield-${name}`, (event) => heard.push([name, event.detail]));
}
document.querySelector("input").addEventListener("change", ({ target }) => {
  reader.film = target.files[0];
});
