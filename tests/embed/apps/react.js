// A portal in React 19: the film is a property, the reading an event.

import "@lungfield/reader/define";
import { StrictMode, createElement, useState } from "react";
import { createRoot } from "react-dom/client";

self.heard = [];

function Portal() {
  const [film, setFilm] = useState(null);
  return createElement(
    "main",
    {},
    createElement("input", { type: "file", onChange: ({ target }) => setFilm(target.files[0]) }),
    createElement("lungfield-reader", { film, "onlungfield-reading": ({ detail }) => heard.push(["reading", detail]) }),
  );
}

createRoot(document.getElementById("app")).render(createElement(StrictMode, {}, createElement(Portal)));
