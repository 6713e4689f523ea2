import type { Token } from "../../../api/contract.ts";
import { Table } from "../../../components/table.tsx";
import { DateText, RelativeText } from "../../../components/time-text.tsx";
import { Chip } from "../../../components/tone.tsx";
import { useNow } from "../../../lib/use-now.ts";
import { stageOf } from "../expiry.ts";

export function TokensTable({ tokens, onRevoke }: { tokens: readonly Token[]; onRevoke: (token: Token) => void }) {
  return (
    <div className="panel">
      <Table className="tokens-table" label="API tokens" columns={["Token", "Scopes", "Created", "Last used", "Expires", ""]}>
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} onRevoke={() => onRevoke(token)} />
        ))}
      </Table>
    </div>
  );
}

function TokenRow({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        <span className="row-name">{token.name}</span>
        <code className="quiet">{`${token.prefix}…${token.lastFour}`}</code>
      </th>
      <td role="cell" data-label="Scopes">
        <ul className="tags">
          {(token.scopes.includes("admin") ? ["Everything"] : token.scopes).map((scope) => (
            <li key={scope} className="tag">
              {scope}
            </li>
          ))}
        </ul>
      </td>
      <td role="cell" data-label="Created">
        <DateText at={token.createdAt} />
      </td>
      <td role="cell" data-label="Last used">
        {token.lastUsedAt ? <RelativeText at={token.lastUsedAt} /> : <span className="quiet">Never</span>}
      </td>
      <td role="cell" data-label="Expires">
        <Expiry at={token.expiresAt} />
      </td>
      <td role="cell" className="row-actions">
        <button type="button" className="button button-danger-quiet" aria-label={`Revoke ${token.name}`} onClick={onRevoke}>
          Revoke…
        </button>
      </td>
    </tr>
  );
}

function Expiry({ at }: { at: string | null }) {
  const stage = stageOf(at, useNow(60_000));
  if (at === null) return <span className="quiet">Never</span>;
  if (stage === "expired") return <Chip tone="bad">Expired</Chip>;
  return (
    <>
      <DateText at={at} />
      {stage === "ending" && (
        <span className="ending">
          <RelativeText at={at} />
        </span>
      )}
    </>
  );
}
