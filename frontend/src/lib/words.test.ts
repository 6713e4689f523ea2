import { expect, test } from "vitest";

import { entriesOf, wordsOf } from "./words.ts";

test("words are typed in a row", () => {
  expect(wordsOf(" eu, shop  eu\n")).toEqual(["eu", "shop"]);
  expect(wordsOf(" ")).toEqual([]);
});

test("entries stay as they stand there", () => {
  expect(entriesOf(" eu, shop  eu\n")).toEqual(["eu", "shop", "eu"]);
});
