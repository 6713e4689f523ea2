import { MutationObserver, QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";

import type { RevealedWebhook } from "../../../api/contract.ts";
import { BLANK } from "../draft.ts";
import { createWebhookMutation } from "./create-webhook.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a new endpoint's secret goes to the one who asked, and into no cache", async () => {
  const webhook = { id: "wh_1", secret: "0f".repeat(32), signingSecret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
  vi.stubGlobal("fetch", async () => Response.json({ webhook }, { status: 201 }));
  const queryClient = new QueryClient();
  const revealed: RevealedWebhook[] = [];
  const mutation = new MutationObserver(
    queryClient,
    createWebhookMutation(queryClient, "org_1", (created) => revealed.push(created)),
  );
  await mutation.mutate({ ...BLANK, url: "https://hooks.example.com/", headers: [{ name: "X-Key", value: "hush" }] });

  expect(revealed).toEqual([webhook]);
  const cached = JSON.stringify(queryClient.getMutationCache().getAll().map(({ state }) => state));
  expect(cached).toContain("hooks.example.com");
  expect(cached).not.toContain(webhook.secret);
  expect(cached).not.toContain(webhook.signingSecret);
  mutation.reset();
  await vi.waitFor(() => expect(queryClient.getMutationCache().getAll()).toEqual([]));
});
