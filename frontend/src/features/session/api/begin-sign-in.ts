import { useMutation } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Begun } from "../../../api/contract.ts";

/** Leaves for a provider, which sends the browser back when the person has signed in there. */
export function useBeginSignIn() {
  return useMutation({
    mutationFn: (provider: string) => call<Begun>("POST", `/api/sign-in/providers/${encodeURIComponent(provider)}`),
    onSuccess: ({ authorizationUrl }) => window.location.assign(authorizationUrl),
  });
}
