// Reads an event stream with a browser's library and prints what it saw: node streams.mjs LIBRARY URL KEY
import { EventSource } from "eventsource";
import { createRequire } from "node:module";

const [, , library, url, key] = process.argv;
const messages = [];
let requests = 0;
let requestsAtTheEnd = null;

const counted = (input, init) => {
  requests += 1;
  return fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${key}` } });
};
const take = (message, event) => {
  messages.push({ id: message.id ?? message.lastEventId, event, data: message.data });
  if (event === "terminal") {
    requestsAtTheEnd = requests;
    setTimeout(finish, 7000); // long enough for two more attempts
  }
};
const finish = () => {
  console.log(JSON.stringify({ messages, requestsAfterTheEnd: requests - requestsAtTheEnd }));
  process.exit(0);
};

if (library === "eventsource") {
  const source = new EventSource(url, { fetch: counted });
  for (const kind of ["message", "queued", "stage", "step", "image", "terminal"]) {
    source.addEventListener(kind, (message) => take(message, kind));
  }
} else {
  globalThis.window = globalThis;
  globalThis.document = { addEventListener() {}, removeEventListener() {}, hidden: false };
  const { fetchEventSource } = createRequire(import.meta.url)("@microsoft/fetch-event-source");
  // Afterwards as after a cut behind the last event: with its id, for which there is nothing left.
  await fetchEventSource(url, { fetch: counted, onmessage: (message) => take(message, message.event) });
  const headers = { "last-event-id": messages.at(-1).id };
  requestsAtTheEnd = requests;
  fetchEventSource(url, { fetch: counted, headers, onmessage: (message) => take(message, message.event) });
}
