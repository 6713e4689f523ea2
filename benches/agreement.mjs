// A comparison is only fair between workers that give the same answers. This is checked before anything is timed.

import assert from "node:assert/strict";

const PAGE = "/api/domains?limit=20";

/** Asks every worker of `bases` (the first is ours) the same, and throws at the first difference. */
export async function checkAgreement(bases, token) {
  const headers = { authorization: `Bearer ${token}` };
  const ask = async (base, url, options = { headers }) => {
    const response = await fetch(base + url, options);
    const text = await response.text();
    return { status: response.status, json: text && JSON.parse(text), etag: response.headers.get("etag") };
  };
  const [[, ours], ...others] = Object.entries(bases);
  const first = await ask(ours, PAGE);
  assert.equal(first.json.domains?.length, 20, `ours answers ${PAGE} with ${JSON.stringify(first.json).slice(0, 500)}`);
  const last = await ask(ours, `/api/domains?limit=200&cursor=${await cursorOf(ask, ours, 4)}`);
  assert.equal(last.json.nextCursor, null, "the fifth page of 200 is the last of 1,000 domains");

  const same = [
    "/health",
    PAGE,
    "/api/domains?limit=100",
    "/api/domains",
    `${PAGE}&cursor=${first.json.nextCursor}`,
    `/api/domains?limit=200&cursor=${await cursorOf(ask, ours, 4)}`,
    "/api/domains?limit=1",
  ];
  const refused = ["/api/domains?limit=0", "/api/domains?limit=201", "/api/domains?limit=x", `${PAGE}&cursor=x`];
  let checks = 0;
  for (const [name, base] of others) {
    for (const url of same) {
      const [expected, actual] = [await ask(ours, url), await ask(base, url)];
      assert.equal(expected.status, 200, `ours: ${url}`);
      assert.deepStrictEqual(actual.json, expected.json, `${name} answers ${url} otherwise than ours`);
      checks += 1;
    }
    for (const url of refused) {
      const [expected, actual] = [await ask(ours, url), await ask(base, url)];
      assert.deepEqual([expected.status, actual.status], [400, 400], `${name} and ours refuse ${url}`);
      checks += 1;
    }
    const stranger = { headers: { authorization: `Bearer ${token.replace(/[0-9a-f]/, "x")}` } };
    for (const options of [{}, stranger]) {
      assert.deepEqual([(await ask(ours, PAGE, options)).status, (await ask(base, PAGE, options)).status], [401, 401], name);
      checks += 1;
    }
    for (const worker of [ours, base]) {
      const { etag } = await ask(worker, PAGE);
      const again = await ask(worker, PAGE, { headers: { ...headers, "if-none-match": etag } });
      assert.equal(again.status, 304, `${name} and ours know their own ETag`);
    }
    checks += 1;
  }
  return checks;
}

/** Where the page after `pages` pages of 200 begins. */
async function cursorOf(ask, base, pages) {
  let cursor = "";
  for (let page = 0; page < pages; page += 1) {
    cursor = `&cursor=${(await ask(base, `/api/domains?limit=200${cursor}`)).json.nextCursor}`;
  }
  return cursor.slice("&cursor=".length);
}
