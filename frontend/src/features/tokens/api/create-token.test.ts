import { MutationObserver, QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";

import { createTokenMutation, type CreatedToken } from "./create-token.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a new token's text goes to the one who asked, and into no cache", async () => {
  const plaintext = `dcv_${"0123456789abcdef".repeat(4)}_AbCdEf`;
  vi.stubGlobal("fetch", async () => Response.json({ token: plaintext, tokenMeta: { id: "tok_1" } }, { status: 201 }));
  const queryClient = new QueryClient();
  const revealed: CreatedToken[] = [];
  const mutation = new MutationObserver(
    queryClient,
    createTokenMutation(queryClient, "org_1", (created) => revealed.push(created)),
  );
  await mutation.mutate({ name: "CI", scopes: ["domains:read"], expiresAt: null, domainTags: [], allowedIps: [] });

  expect(revealed).toMatchObject([{ plaintext, token: { id: "tok_1" } }]);
  const cached = [queryClient.getMutationCache(), queryClient.getQueryCache()].flatMap((cache) =>
    cache.getAll().map(({ state }) => state),
  );
  expect(cached).toHaveLength(1);
  expect(JSON.stringify(cached)).not.toContain(plaintext.slice(4, 20));
});
