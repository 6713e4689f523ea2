// The OpenAPI document and its pages as a client and a reader get them. That answers keep to the document is checked
// with every call of every file here, by `api` in support.mjs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";

import { catalogue, checkDeclared, checkDescribed, document } from "./document.mjs";
import { useWorld } from "./support.mjs";

const world = useWorld();

test("the document is valid OpenAPI 3.1", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, "3.1");
});

test("the document is served to everybody, from every page", async () => {
  const response = await fetch(`${world.apiUrl}/api/openapi.json`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type"), /^application\/json/);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.deepEqual(await response.json(), document);
});

test("the catalogue of events is served to everybody, and each example fits its schema", async () => {
  const response = await fetch(`${world.apiUrl}/api/event-types`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type"), /^application\/json/);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.deepEqual(await response.json(), catalogue);
  const { status, headers, body, text } = await world.api("GET", "/api/event-types", { token: null });
  checkDeclared("GET", "/api/event-types", { status, headers, body, text });
  const page = await (await fetch(`${world.apiUrl}/docs/events`)).text();
  for (const { type, example } of catalogue.eventTypes) {
    checkDescribed(JSON.stringify(example));
    assert.throws(() => checkDescribed(JSON.stringify({ ...example, orgId: undefined })), assert.AssertionError, type);
    assert.throws(() => checkDescribed(JSON.stringify({ ...example, colour: 1 })), assert.AssertionError, type);
    assert.ok(page.includes(`id="${type}"`), type);
  }
});

test("every problem leads to its place on the page of problems", async () => {
  const page = await (await fetch(`${world.apiUrl}/docs/problems`)).text();
  for (const { const: code } of document.components.schemas.ProblemCode.oneOf) assert.ok(page.includes(`id="${code}"`), code);
  const { body } = await world.api("GET", "/api/domains", { token: null });
  const target = new URL(body.type, world.apiUrl);
  assert.equal(target.pathname, "/docs/problems");
  assert.equal(target.hash, "#unauthorized");
});

test("the pages show every operation, and keep to the content security policy", async () => {
  const response = await fetch(`${world.apiUrl}/docs/api`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-security-policy"), /script-src 'self'/);
  const page = await response.text();
  for (const methods of Object.values(document.paths)) {
    for (const { operationId } of Object.values(methods)) assert.ok(page.includes(`id="${operationId}"`), operationId);
  }
  assert.doesNotMatch(page, /<script|<style| style=| on[a-z]+="|https?:\/\/(?!json-schema)[^ "]+\.(?:js|css)/);
  const styles = await fetch(`${world.apiUrl}/docs/docs.css`);
  assert.match(styles.headers.get("content-type"), /^text\/css/);
});

test("the check against the document finds what is not declared", () => {
  const answer = (status, body, headers = {}) => ({
    status, body, text: JSON.stringify(body), headers: new Headers({ "content-type": "application/json", "x-request-id": "req_1", etag: "x", ...headers }),
  });
  const page = { domains: [], nextCursor: null };
  checkDeclared("GET", "/api/domains?limit=1", answer(200, page));
  for (const [what, method, path, wrong] of [
    ["a status", "GET", "/api/domains", answer(418, page)],
    ["a member", "GET", "/api/domains", answer(200, { ...page, colour: 1 })],
    ["a missing member", "GET", "/api/domains", answer(200, { domains: [] })],
    ["a type", "GET", "/api/domains", answer(200, page, { "content-type": "text/html" })],
    ["a path", "GET", "/api/colours", answer(200, page)],
    ["a method", "PUT", "/api/domains", answer(200, page)],
  ]) {
    assert.throws(() => checkDeclared(method, path, wrong), assert.AssertionError, what);
  }
});
