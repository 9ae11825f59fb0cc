// The worker that the page has, with the time in each of its messages: the page may hear of it late. It lies beside the worker's
// start script, whose name it is asked for with.

const post = self.postMessage.bind(self);
self.postMessage = (message, ...transferred) => post([...message, performance.now()], ...transferred);
importScripts(location.search.slice(1));
