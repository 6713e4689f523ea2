import type { Token, TokenPersonStatus } from "../../../api/contract.ts";
import { Table } from "../../../components/table.tsx";
import { DateText, RelativeText } from "../../../components/time-text.tsx";
import { Chip } from "../../../components/tone.tsx";
import { useNow } from "../../../lib/use-now.ts";
import { stageOf } from "../expiry.ts";

interface Actions {
  onUsage: (token: Token) => void;
  onRotate: (token: Token) => void;
  onRevoke: (token: Token) => void;
}

/** What is worth knowing of the person that a token goes back to. */
const PERSON: Record<TokenPersonStatus, string | null> = {
  active: null,
  invited: "Its maker is no member yet",
  suspended: "Its maker is suspended",
  removed: "Its maker has left",
};

export function TokensTable({ tokens, ...actions }: { tokens: readonly Token[] } & Actions) {
  return (
    <div className="panel">
      <Table className="tokens-table" label="API tokens" columns={["Token", "Scopes", "Created", "Last used", "Expires", ""]}>
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} {...actions} />
        ))}
      </Table>
    </div>
  );
}

function TokenRow({ token, onUsage, onRotate, onRevoke }: { token: Token } & Actions) {
  const expired = stageOf(token.expiresAt, useNow(60_000)) === "expired";
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        <span className="row-name">{token.name}</span>
        <code className="quiet">{`${token.prefix}…${token.lastFour}`}</code>
        {token.person && PERSON[token.person.status] && (
          <span className="token-person">{PERSON[token.person.status]}</span>
        )}
      </th>
      <td role="cell" data-label="Scopes">
        <ul className="tags">
          {(token.scopes.includes("admin") ? ["Everything"] : token.scopes).map((scope) => (
            <li key={scope} className="tag">
              {scope}
            </li>
          ))}
          {token.domainTags.map((tag) => (
            <li key={tag} className="tag">
              {`only ${tag}`}
            </li>
          ))}
          {token.allowedIps.map((block) => (
            <li key={block} className="tag">
              {`from ${block}`}
            </li>
          ))}
        </ul>
      </td>
      <td role="cell" data-label="Created">
        <DateText at={token.createdAt} />
      </td>
      <td role="cell" data-label="Last used">
        {token.lastUsedAt ? (
          <button type="button" className="text-button" onClick={() => onUsage(token)}>
            <RelativeText at={token.lastUsedAt} />
            <span className="visually-hidden">, use of {token.name}</span>
          </button>
        ) : (
          <span className="quiet">Never</span>
        )}
        {token.unused && <span className="ending">Unused for 90 days</span>}
      </td>
      <td role="cell" data-label="Expires">
        <div className="expiry">
          {token.replacedBy && (
            <span>
              <Chip tone="waiting">Rotated</Chip>
            </span>
          )}
          <Expiry at={token.expiresAt} />
        </div>
      </td>
      <td role="cell" className="row-actions">
        {!expired && token.replacedBy === null && (
          <button type="button" className="button" aria-label={`Rotate ${token.name}`} onClick={() => onRotate(token)}>
            Rotate…
          </button>
        )}
        <button
          type="button"
          className="button button-danger-quiet"
          aria-label={`Revoke ${token.name}`}
          onClick={() => onRevoke(token)}
        >
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
