import { expect, test } from "vitest";

import { parseSignInLink } from "./sign-in-link.ts";

const TOKEN = "0123456789abcdef".repeat(4);

test.each([
  ["", { kind: "none" }],
  ["#", { kind: "none" }],
  ["#section", { kind: "none" }],
  [`#token=${TOKEN}`, { kind: "token", token: TOKEN }],
  [`#a=b&token=${TOKEN}`, { kind: "token", token: TOKEN }],
  ["#token=", { kind: "broken" }],
  [`#token=${TOKEN.slice(1)}`, { kind: "broken" }],
  [`#token=${TOKEN}0`, { kind: "broken" }],
  [`#token=${TOKEN.toUpperCase()}`, { kind: "broken" }],
  ["#token=<script>", { kind: "broken" }],
  ["#refused=denied", { kind: "refused", refusal: "denied" }],
  ["#refused=unverified", { kind: "refused", refusal: "unverified" }],
  ["#refused=<script>", { kind: "refused", refusal: "unavailable" }],
])("the fragment %j is read as %j", (fragment, link) => {
  expect(parseSignInLink(fragment)).toEqual(link);
});
