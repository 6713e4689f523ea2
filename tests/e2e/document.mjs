// Holds answers against openapi.json: the status must be declared, the headers that are promised must be there, and
// the body must fit with no member left over. And holds events against the published catalogue in the same way.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

import { ROOT } from "../stack/stack.mjs";

const ID = "https://document.invalid/";

export const document = JSON.parse(readFileSync(path.join(ROOT, "openapi.json"), "utf8"));

/**
 * The published schemas leave room for later members; here, a member that is not described is a fault. Only `Event`
 * stays open: it names what all types have in common, and `checkDescribed` knows the rest.
 */
function closed(schemas) {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      schema.properties === undefined || name === "Event" ? schema : { ...schema, additionalProperties: false },
    ]),
  );
}

const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
ajv.addSchema({ ...document, $id: ID, components: { ...document.components, schemas: closed(document.components.schemas) } });

/** The published catalogue of events. */
export const catalogue = JSON.parse(readFileSync(path.join(ROOT, "frontend/public/api/event-types"), "utf8"));

const described = Object.fromEntries(
  catalogue.eventTypes.map(({ type, schema }) => [type, ajv.compile({ ...schema, additionalProperties: false })]),
);

/** Fails unless the text is the body of an event as the catalogue describes it, with no member left over. */
export function checkDescribed(text) {
  const body = JSON.parse(text);
  const validate = described[body.type];
  assert.ok(validate !== undefined, `not in the catalogue: ${text}`);
  assert.ok(validate(body ?? text), `${ajv.errorsText(validate.errors)}: ${text}`);
}

/** Paths with their parameters, the ones without first: no path is both. */
const PATHS = Object.keys(document.paths)
  .sort((left, right) => left.includes("{") - right.includes("{"))
  .map((template) => ({ template, pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/]+")}$`) }));

const pointer = (...parts) => parts.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
const resolved = (value) =>
  value?.$ref === undefined ? value : value.$ref.slice(2).split("/").reduce((at, part) => at[part], document);

/** Fails unless the document declares this answer. */
export function checkDeclared(method, target, { status, headers, body, text }) {
  const where = `${method} ${target}: ${status} ${text}`.slice(0, 2000);
  const template = PATHS.find(({ pattern }) => pattern.test(target.split("?")[0]))?.template;
  const operation = document.paths[template]?.[(method === "HEAD" ? "GET" : method).toLowerCase()];
  if (operation === undefined) {
    const expected = template === undefined ? 404 : 405;
    // A preflight is answered without looking at the path.
    return assert.equal(status, method === "OPTIONS" ? 204 : expected, `not in the document: ${where}`);
  }

  const response = resolved(operation.responses[status]);
  assert.ok(response !== undefined, `the document does not declare this status: ${where}`);
  for (const [name, header] of Object.entries(response.headers ?? {})) {
    assert.ok(headers.has(name) || !resolved(header).required, `${name} is missing: ${where}`);
  }
  if (text === "") {
    return assert.ok(method === "HEAD" || response.content === undefined, `there is no body: ${where}`);
  }
  const type = headers.get("content-type");
  const schema = response.content?.[type]?.schema;
  assert.ok(schema !== undefined, `the document does not declare ${type}: ${where}`);
  const validate = validator(operation.responses[status].$ref ?? `#${pointer("paths", template, method.toLowerCase(), "responses", String(status))}`, type);
  assert.ok(validate(body ?? text), `${ajv.errorsText(validate.errors)}: ${where}`);
}

const validators = new Map();

function validator(response, type) {
  const $ref = `${ID}${response}${pointer("content", type, "schema")}`;
  if (!validators.has($ref)) validators.set($ref, ajv.compile({ $ref }));
  return validators.get($ref);
}
