// The types and words of the API, made from its document. `npm run types` writes them anew.

import openapiTS, { astToString, type OpenAPI3 } from "openapi-typescript";
import { expect, test } from "vitest";

const [text] = Object.values(
  import.meta.glob<string>("../../../openapi.json", { eager: true, query: "?raw", import: "default" }),
);
const document = JSON.parse(text!) as {
  info: object;
  components: { schemas: Record<string, Schema> };
  "x-plans": Record<string, object>;
};

interface Schema {
  oneOf?: { const?: string; description?: string }[];
}

const HEAD = "// Made from openapi.json by `npm run types`. Do not edit.\n";

/** Only the schemas: nothing here speaks of paths or headers, and those would be most of the file. */
async function types(): Promise<string> {
  const { info, components } = document;
  const schemas = { openapi: "3.1.0", info, paths: {}, components: { schemas: components.schemas } } as OpenAPI3;
  const written = astToString(await openapiTS(schemas, { exportType: true }));
  const start = written.indexOf("export type components");
  return written.slice(start, written.indexOf("export type $defs"));
}

/** The closed sets of words, each with what the document says about it. */
function words(): string {
  return Object.entries(document.components.schemas)
    .flatMap(([name, { oneOf = [] }]) => {
      const said = oneOf.filter((word) => word.const !== undefined).map((word) => [word.const, word.description ?? ""]);
      return said.length > 0 && said.length === oneOf.length ? [[name, Object.fromEntries(said)] as const] : [];
    })
    .map(([name, said]) => `export const ${name} = ${JSON.stringify(said, null, 2)} as const;\n`)
    .join("\n");
}

/** What each plan includes, from the smallest to the largest. By itself, since every page needs it and nothing else. */
function plans(): string {
  const inOrder = document.components.schemas["Plan"]?.oneOf?.map((plan) => [plan.const, document["x-plans"][plan.const!]]);
  return `export const PLANS = ${JSON.stringify(Object.fromEntries(inOrder ?? []), null, 2)} as const;\n`;
}

test("the plans are those of the document", async () => {
  await expect(`${HEAD}\n${plans()}`).toMatchFileSnapshot("./plans.gen.ts");
});

test("the types and the words are those of the document", async () => {
  await expect(`${HEAD}\n${await types()}\n${words()}`).toMatchFileSnapshot("./schema.gen.ts");
});
