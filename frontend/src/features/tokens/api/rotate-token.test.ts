import { MutationObserver, QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";

import type { CreatedToken } from "./create-token.ts";
import { rotateTokenMutation } from "./rotate-token.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("the text of a token that took another's place goes to the one who asked, and into no cache", async () => {
  const plaintext = `dcv_${"0123456789abcdef".repeat(4)}_AbCdEf`;
  vi.stubGlobal("fetch", async () => Response.json({ token: plaintext, tokenMeta: { id: "tok_2" } }, { status: 201 }));
  const queryClient = new QueryClient();
  const revealed: CreatedToken[] = [];
  const mutation = new MutationObserver(
    queryClient,
    rotateTokenMutation(queryClient, "org_1", "tok_1", (created) => revealed.push(created)),
  );
  await mutation.mutate(86_400);

  expect(revealed).toMatchObject([{ plaintext, token: { id: "tok_2" } }]);
  const cached = JSON.stringify(queryClient.getMutationCache().getAll().map(({ state }) => state));
  expect(cached).toContain("86400");
  expect(cached).not.toContain(plaintext.slice(4, 20));
});
