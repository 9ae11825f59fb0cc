// What a peer's worker does: it loads the parts of the network, and runs each of them whenever it is asked to.

/** `load` makes each part of what is given a function that gives the values of the output that is compared. */
self.peer = (load) => {
  // A promise that fails is an error like any other.
  self.onunhandledrejection = ({ reason }) => setTimeout(() => { throw reason; });
  let running;
  self.onmessage = async ({ data: given }) => {
    if (given) {
      running = await load(given);
      return postMessage("loaded");
    }
    const ms = {};
    const says = {};
    for (const [name, run] of Object.entries(running)) {
      const start = performance.now();
      const values = await run();
      ms[name] = performance.now() - start;
      says[name] = values.reduce((sum, value) => sum + value, 0) / values.length;
    }
    postMessage({ infer: Object.values(ms).reduce((sum, ms) => sum + ms, 0), ms, says });
  };
};

/** A file's bytes. */
self.fetched = async (address) => new Uint8Array(await (await fetch(address)).arrayBuffer());

/** Every value changed by an asynchronous function, one after the other. */
self.each = async (values, change) => {
  const changed = {};
  for (const [name, value] of Object.entries(values)) changed[name] = await change(value);
  return changed;
};
