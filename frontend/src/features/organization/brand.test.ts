import { describe, expect, test } from "vitest";

import { changes, colorOf, draftOf, logoOf } from "./brand.ts";

describe("a brand that was edited", () => {
  const before = draftOf({ brandColor: "#1a73e8", logoUrl: null });

  test("sends nothing of what stayed", () => {
    expect(changes(before, { color: " #1a73e8 ", logo: "" })).toEqual({});
  });

  test("takes away what was emptied, and sends what is new as it was typed", () => {
    expect(changes(before, { color: "", logo: "" })).toEqual({ brandColor: null });
    expect(changes(before, { color: "red", logo: " https://a.example/l.svg" })).toEqual({
      brandColor: "red",
      logoUrl: "https://a.example/l.svg",
    });
  });
});

test.each([
  ["#1A73e8", "#1a73e8"],
  [" #000000 ", "#000000"],
  ["#abc", null],
  ["red", null],
  ["", null],
  ["#1a73e8;}", null],
])("the colour %j is shown as %j", (text, color) => {
  expect(colorOf(text)).toBe(color);
});

test.each([
  [" https://cdn.example.com/logo.svg ", "https://cdn.example.com/logo.svg"],
  ["http://cdn.example.com/logo.svg", null],
  ["data:image/svg+xml,<svg/>", null],
  ["javascript:alert(1)", null],
  ["cdn.example.com/logo.svg", null],
  ["", null],
])("the logo %j is loaded as %j", (text, url) => {
  expect(logoOf(text)).toBe(url);
});
