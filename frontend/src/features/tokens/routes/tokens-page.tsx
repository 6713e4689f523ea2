import "../../../styles/integrations.css";

import { useState } from "react";

import type { Token } from "../../../api/contract.ts";
import { ListPage, NewButton } from "../../../components/list.tsx";
import { Empty } from "../../../components/page.tsx";
import { Secret, SecretDialog } from "../../../components/secret-dialog.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import type { CreatedToken } from "../api/create-token.ts";
import { useTokens } from "../api/list-tokens.ts";
import { CreateTokenDialog } from "../components/create-token-dialog.tsx";
import { RevokeAllDialog } from "../components/revoke-all-dialog.tsx";
import { RevokeTokenDialog } from "../components/revoke-token-dialog.tsx";
import { RotateTokenDialog } from "../components/rotate-token-dialog.tsx";
import { TokensTable } from "../components/tokens-table.tsx";
import { UsageDialog } from "../components/usage-dialog.tsx";

export function TokensPage() {
  const { organization } = useCurrentOrganization();
  const list = useTokens(organization.id);
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<CreatedToken | null>(null);
  const [watching, setWatching] = useState<Token | null>(null);
  const [rotating, setRotating] = useState<Token | null>(null);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const [revokingAll, setRevokingAll] = useState(false);
  const tokens = list.data.pages.flatMap((page) => page.tokens);

  const create = (label: string) => <NewButton label={label} onClick={() => setCreating(true)} />;

  return (
    <>
      <ListPage
        title="API tokens"
        list={list}
        isEmpty={tokens.length === 0}
        head={
          tokens.length > 0 && (
            <div className="section-actions">
              <button type="button" className="button button-danger-quiet" onClick={() => setRevokingAll(true)}>
                Revoke all…
              </button>
              {create("New token")}
            </div>
          )
        }
        empty={
          <Empty
            title="All that the dashboard does, by program"
            text="A token lets your own product, a pipeline or a script add domains and follow them. Give each its own, with the least it needs."
          >
            {create("Create your first token")}
          </Empty>
        }
      >
        <TokensTable tokens={tokens} onUsage={setWatching} onRotate={setRotating} onRevoke={setRevoking} />
      </ListPage>
      {creating && (
        <CreateTokenDialog
          organization={organization.id}
          onCreated={(token) => {
            setCreating(false);
            setCreated(token);
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {created && (
        <SecretDialog
          title="Your new API token"
          warning={
            <>
              <strong>Copy it now.</strong> It is shown only this once; we keep no more than its fingerprint.
            </>
          }
          onDismiss={() => setCreated(null)}
        >
          <Secret label={created.token.name} what="token" value={created.plaintext}>
            Send it with each request, as <code>Authorization: Bearer dcv_…</code>. Never put it into code.
          </Secret>
        </SecretDialog>
      )}
      {watching && (
        <UsageDialog organization={organization.id} token={watching} onClose={() => setWatching(null)} />
      )}
      {rotating && (
        <RotateTokenDialog
          organization={organization.id}
          token={rotating}
          onRotated={(token) => {
            setRotating(null);
            setCreated(token);
          }}
          onClose={() => setRotating(null)}
        />
      )}
      {revokingAll && <RevokeAllDialog organization={organization} onClose={() => setRevokingAll(false)} />}
      {revoking && (
        <RevokeTokenDialog organization={organization.id} token={revoking} onClose={() => setRevoking(null)} />
      )}
    </>
  );
}
