// A reading of the element beside the command's.

import assert from "node:assert/strict";

/** Native and wasm engines multiply in different orders. */
const TOLERANCE = 1e-3;

const close = (found, expected, what) => assert.ok(Math.abs(found - expected) <= TOLERANCE, `${what}: ${found}, ${expected}`);

/** Everything but the times and the name is the command's. */
export function assertSame(found, expected) {
  const plain = ({ schema, status, reason, outcome, thresholds, photograph, model, warnings }) => ({
    schema,
    status,
    reason: reason?.kind,
    outcome,
    thresholds,
    photograph: photograph?.found_by,
    model,
    warnings: warnings.map(({ kind }) => kind),
  });
  assert.deepEqual(plain(found), plain(expected));
  assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
  if (expected.probability === null) return;
  close(found.probability, expected.probability, "probability");
  assert.equal(found.heatmap.values.length, expected.heatmap.values.length);
  expected.heatmap.values.forEach((value, i) => close(found.heatmap.values[i] / expected.heatmap.full_scale, value / expected.heatmap.full_scale, `heatmap ${i}`));
}
