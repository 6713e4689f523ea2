import { describe, expect, test } from "vitest";

import type { Webhook } from "../../api/contract.ts";
import { asksMore, BLANK, bodyOf, changes, type Draft, draftOf, filled, hostOf, isRepeated } from "./draft.ts";

const before: Draft = {
  ...BLANK,
  url: "https://a.example.com/x",
  description: "Tickets",
  events: ["dns.*", "job.dlq"],
  domainTags: ["eu", "shop"],
  maxPerMinute: 60,
  headers: [
    { name: "Authorization", value: null },
    { name: "X-Tenant", value: null },
  ],
};

describe("what changed about an endpoint", () => {
  test.each<[Partial<Draft>, object]>([
    [{}, {}],
    [{ url: "https://b.example.com/" }, { url: "https://b.example.com/" }],
    [{ description: null }, { description: null }],
    [{ events: ["*"] }, { events: ["*"] }],
    [{ payload: "thin", ordering: "fifo", ed25519: true }, { payload: "thin", ordering: "fifo", ed25519: true }],
    [{ maxPerMinute: null }, { maxPerMinute: null }],
    [{ domainIds: ["dom_1"], domainTags: [] }, { domainIds: ["dom_1"], domainTags: [] }],
  ])("%j is sent, and nothing else", (change, body) => {
    expect(changes(before, { ...before, ...change })).toEqual(body);
  });

  test("is not the order of its events, tags or headers", () => {
    const { events, domainTags, headers } = before;
    const turned = { events: events.toReversed(), domainTags: domainTags.toReversed(), headers: headers.toReversed() };
    expect(changes(before, { ...before, ...turned })).toEqual({});
  });

  test("names every header where one has changed, and keeps the values of the others", () => {
    const [first, second] = before.headers as [Draft["headers"][0], Draft["headers"][0]];
    const sent = (headers: Draft["headers"]) => changes(before, { ...before, headers });
    expect(sent([first])).toEqual({ headers: { Authorization: null } });
    expect(sent([first, { ...second, value: "8" }])).toEqual({ headers: { Authorization: null, "X-Tenant": "8" } });
    expect(sent([first, second, { name: "X-New", value: "" }])).toEqual({
      headers: { Authorization: null, "X-Tenant": null, "X-New": "" },
    });
    expect(sent([])).toEqual({ headers: {} });
  });
});

test("a new endpoint is asked for what differs from any other, and for its address", () => {
  expect(bodyOf(BLANK)).toEqual({ url: "" });
  expect(bodyOf({ ...BLANK, url: "https://a.example.com/", payload: "thin" })).toEqual({
    url: "https://a.example.com/",
    payload: "thin",
  });
  expect(asksMore({ ...BLANK, url: "https://a.example.com/", description: "x", events: [] })).toBe(false);
  expect(asksMore({ ...BLANK, ordering: "fifo" })).toBe(true);
});

test("an endpoint is the draft that changes nothing about it", () => {
  const webhook = { ...before, publicKey: "whpk_x", headerNames: ["Authorization", "X-Tenant"] } as unknown as Webhook;
  expect(changes({ ...before, ed25519: true }, draftOf(webhook))).toEqual({});
});

test("a header that was only begun is none, and one that is there twice is found", () => {
  const headers = [
    { name: " X-A ", value: "1" },
    { name: "", value: "" },
    { name: "", value: "2" },
    { name: "x-a", value: null },
  ];
  expect(filled(headers)).toEqual([{ name: "X-A", value: "1" }, { name: "", value: "2" }, { name: "x-a", value: null }]);
  expect(headers.map((_, index) => isRepeated(headers, index))).toEqual([false, false, false, true]);
});

test("an endpoint is known by its host", () => {
  expect(hostOf("https://hooks.example.com/a?b=c")).toBe("hooks.example.com");
  expect(hostOf("http://127.0.0.1:8790/hooks/x")).toBe("127.0.0.1:8790");
  expect(hostOf("no address")).toBe("no address");
});
