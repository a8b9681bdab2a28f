// A picture by openapi-fetch with the types of openapi-typescript, generated into ./schema.ts.
declare const process: { env: Record<string, string> };
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const client = createClient<paths>({
  baseUrl: process.env.ATELIER_URL, headers: { Authorization: `Bearer ${process.env.ATELIER_API_KEY}` },
});
const body = { prompt: "a red apple", dimensions: { width: 64, height: 64 } };
const submitted = (await client.POST("/api/v1/atelier/generate", { body })).data;
if (!submitted || !("queuePosition" in submitted)) throw new Error(JSON.stringify(submitted));
const path = { generation_id: submitted.generationId };
let found = (await client.GET("/api/v1/atelier/projects/{generation_id}", { params: { path } })).data;
for (let tries = 0; tries < 200 && !found?.isTerminal; tries++) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  found = (await client.GET("/api/v1/atelier/projects/{generation_id}", { params: { path } })).data;
}
const content = await (await fetch(found!.images[0].url)).arrayBuffer();
console.log(JSON.stringify({ status: found!.status, bytes: content.byteLength }));
