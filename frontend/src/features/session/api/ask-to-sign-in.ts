import { useMutation } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";

/** Asks for a mail with a link and a code. The answer says nothing of whether the address is known. */
export function useAskToSignIn() {
  return useMutation({ mutationFn: (email: string) => call("POST", "/api/sign-in", { body: { email } }) });
}
