// The test page's knobs: an entry for each attribute of the element, and a log of its events.

const reader = document.getElementById("reader");
const log = document.getElementById("log");

/** What can be set, and to what; a list that is empty takes any text. */
const KNOBS = {
  lang: ["", "en", "hi", "bn", "mr", "te", "ta", "gu", "kn"],
  view: ["full", "compact", "result", "none"],
  heat: ["off", "on"],
  loading: ["lazy", "eager", "manual"],
  prevalence: [],
  frame: [],
  name: [],
  src: [],
  "own-model": [],
  assets: [],
  tools: [],
  exports: [],
};
const FLAGS = ["pick", "read-first"];

for (const name of FLAGS) {
  const knob = Object.assign(document.createElement("input"), { type: "checkbox", checked: reader.hasAttribute(name) });
  knob.addEventListener("change", () => reader.toggleAttribute(name, knob.checked));
  const label = document.createElement("label");
  label.append(name, knob);
  document.getElementById("knobs").append(label);
}
for (const [name, values] of Object.entries(KNOBS)) {
  const knob = document.createElement(values.length > 0 ? "select" : "input");
  for (const value of values) knob.append(new Option(value || "as around", value));
  knob.value = reader.getAttribute(name) ?? values[0] ?? "";
  knob.addEventListener("change", () => (knob.value ? reader.setAttribute(name, knob.value) : reader.removeAttribute(name)));
  const label = document.createElement("label");
  label.append(name, knob);
  document.getElementById("knobs").append(label);
}

for (const name of ["ready", "progress", "stage", "reading", "seen", "reveal", "own-model", "own-reading", "export", "error"]) {
  reader.addEventListener(`lungfield-${name}`, ({ type, detail }) => {
    const short = (_, value) => (Array.isArray(value) && value.length > 8 ? `${value.length} values` : value);
    log.textContent = `${type} ${JSON.stringify(detail, short, 1)}\n${log.textContent}`.slice(0, 20_000);
  });
}
document.getElementById("report").addEventListener("click", () => (log.textContent = `${JSON.stringify(reader.report(), null, 1)}\n${log.textContent}`));
