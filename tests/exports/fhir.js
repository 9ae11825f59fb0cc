// What the npm package `fhir`, which has R4's structure definitions, says of bundles: node fhir.js FILE...; a JSON line a file.

import { readFileSync } from "node:fs";
import fhir from "fhir";

const judge = new fhir.Fhir();
for (const path of process.argv.slice(2)) {
  const { valid, messages } = judge.validate(JSON.parse(readFileSync(path, "utf8")));
  console.log(JSON.stringify({ path, valid, messages: messages.filter(({ severity }) => severity !== "info").map(({ message }) => message) }));
}
