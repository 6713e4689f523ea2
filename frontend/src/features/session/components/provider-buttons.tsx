import { useQuery } from "@tanstack/react-query";

import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { useBeginSignIn } from "../api/begin-sign-in.ts";
import { providersQuery } from "../api/list-providers.ts";

/** A button for each provider; nothing where there is none, or where they cannot be asked for: mail is always there. */
export function ProviderButtons() {
  const { data: providers = [] } = useQuery(providersQuery);
  const begin = useBeginSignIn();
  if (providers.length === 0) return null;
  return (
    <div className="sign-in-providers">
      {providers.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          className="button"
          disabled={begin.isPending}
          onClick={() => begin.mutate(id)}
        >
          Continue with {name}
        </button>
      ))}
      {begin.error && <ProblemNotice error={begin.error} />}
      <p className="sign-in-or">or by mail</p>
    </div>
  );
}
