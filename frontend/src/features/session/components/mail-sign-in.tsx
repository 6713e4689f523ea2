import { useState } from "react";

import { Form, TextField } from "../../../components/form.tsx";
import { useAskToSignIn } from "../api/ask-to-sign-in.ts";
import type { useCreateSession } from "../api/create-session.ts";
import { ProviderButtons } from "./provider-buttons.tsx";

/** Asks for the mail, then for the code in it; the link in it does the same by itself. */
export default function MailSignIn({
  createSession,
  onCode,
}: {
  createSession: ReturnType<typeof useCreateSession>;
  onCode: (code: string) => void;
}) {
  const ask = useAskToSignIn();
  const [email, setEmail] = useState("");
  const [code, setCode] = useState("");

  if (!ask.isSuccess) {
    return (
      <>
        <ProviderButtons />
        <Form
          request={ask}
          fields={["email"]}
          action="Send me a mail"
          acting="Sending…"
          ready={email.trim() !== ""}
          onSubmit={() => ask.mutate(email.trim())}
        >
          <TextField
            label="E-mail address"
            name="email"
            type="email"
            autoComplete="email"
            value={email}
            onValue={setEmail}
            help="There is no password: a mail with a link and a code signs you in, once."
          />
        </Form>
      </>
    );
  }
  return (
    <>
      <p role="status">
        A mail is on its way to <strong>{email.trim()}</strong>. Open its link in this browser, or type its code here
        within 15 minutes.
      </p>
      <Form
        request={createSession}
        action="Sign in"
        acting="Signing in…"
        ready={code.trim() !== ""}
        onSubmit={() => onCode(code.trim())}
        onCancel={() => {
          createSession.reset();
          ask.reset();
        }}
      >
        <TextField label="Code" name="code" autoComplete="one-time-code" value={code} onValue={setCode} />
      </Form>
    </>
  );
}
