import { MutationObserver, QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";

import type { RevealedWebhook } from "../../../api/contract.ts";
import { rotateSecretMutation } from "./rotate-secret.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a new secret goes to the one who asked, and into no cache", async () => {
  const webhook = { id: "wh_1", secret: "0f".repeat(32), signingSecret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
  vi.stubGlobal("fetch", async () => Response.json({ webhook }));
  const queryClient = new QueryClient();
  const revealed: RevealedWebhook[] = [];
  const mutation = new MutationObserver(
    queryClient,
    rotateSecretMutation(queryClient, "org_1", "wh_1", (rotated) => revealed.push(rotated)),
  );
  await mutation.mutate({ overlapHours: 24, force: false });

  expect(revealed).toEqual([webhook]);
  const cached = JSON.stringify(queryClient.getMutationCache().getAll().map(({ state }) => state));
  expect(cached).toContain("overlapHours");
  expect(cached).not.toContain(webhook.secret);
  expect(cached).not.toContain(webhook.signingSecret);
});
