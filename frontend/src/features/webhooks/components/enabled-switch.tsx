import { useQueryClient } from "@tanstack/react-query";

import type { Webhook } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { explain } from "../../../components/problem-notice.tsx";
import { noteMissed } from "../api/catch-up.ts";
import { useUpdateWebhook } from "../api/update-webhook.ts";
import { missedOf } from "../catch-up.ts";

/** Turns an endpoint on and off; shows the new state while the server is told. */
export function EnabledSwitch({
  organization,
  webhook,
  readOnly,
}: {
  organization: string;
  webhook: Webhook;
  readOnly: boolean;
}) {
  const queryClient = useQueryClient();
  const announce = useAnnounce();
  const update = useUpdateWebhook(organization, webhook.id);
  const enabled = update.isPending ? update.variables.enabled : webhook.enabled;
  return (
    <>
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          aria-label={`Send events to ${webhook.url}`}
          checked={enabled}
          disabled={readOnly}
          onChange={(event) => {
            if (update.isPending) return;
            const wanted = event.target.checked;
            update.mutate(
              { enabled: wanted },
              {
                onSuccess: (changed) => {
                  announce(wanted ? "The endpoint is on" : "The endpoint is off");
                  noteMissed(queryClient, organization, webhook.id, missedOf(changed));
                },
                onError: (error) => announce(explain(error)),
              },
            );
          }}
        />
        {enabled ? "On" : "Off"}
      </label>
      {update.error && <p className="fault">{explain(update.error)}</p>}
    </>
  );
}
