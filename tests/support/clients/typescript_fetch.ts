// A picture by the client of openapi-generator's `typescript-fetch`, generated into ./client.
declare const process: { env: Record<string, string> };
import { Configuration, GenerationsApi } from "./client/index.js";

const api = new GenerationsApi(new Configuration({
  basePath: process.env.ATELIER_URL, accessToken: process.env.ATELIER_API_KEY,
}));
const generationRequest = { prompt: "a red apple", dimensions: { width: 64, height: 64 } };
const price = await api.generate({ generationRequest, dryRun: true });
if (!("credits" in price)) throw new Error(JSON.stringify(price));
const accepted = await api.generate({ generationRequest });
if (!("queuePosition" in accepted)) throw new Error(JSON.stringify(accepted));
let found = await api.getProject({ generationId: accepted.generationId });
for (let tries = 0; tries < 200 && !found.isTerminal; tries++) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  found = await api.getProject({ generationId: accepted.generationId });
}
const content = await (await fetch(found.images[0].url)).arrayBuffer();
console.log(JSON.stringify({ status: found.status, bytes: content.byteLength }));
