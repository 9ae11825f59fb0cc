// A portal in Vue: the film is a property, the reading an event.

import "@lungfield/reader/define";
import { createApp, h, ref, shallowRef } from "vue";

self.heard = [];
const film = shallowRef(null);
const name = ref("");

createApp({
  render: () =>
    h("main", [
      h("input", { type: "file", onChange: ({ target }) => (film.value = target.files[0]) }),
      h("lungfield-reader", { film: film.value, name: name.value, onLungfieldReading: ({ detail }) => heard.push(["reading", detail]) }),
    ]),
}).mount("#app");
