import { useState } from "react";

import { Checkbox, SelectField, TextField } from "../../../components/form.tsx";
import { wordsOf } from "../../../lib/words.ts";
import { type Draft, VERSIONS } from "../draft.ts";
import { DomainsField } from "./domains-field.tsx";
import { HeadersField } from "./headers-field.tsx";

const PAYLOADS = [
  ["full", "All of the event"],
  ["thin", "Ids, type, time and number alone"],
] as const;

const ORDERS = [
  ["none", "As soon as possible"],
  ["fifo", "One after the other (FIFO)"],
] as const;

/** What few endpoints ask for. */
export default function MoreFields({
  organization,
  draft,
  onChange,
}: {
  organization: string;
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
}) {
  const { payload, ordering, apiVersion, maxPerMinute, ed25519, domainIds, headers } = draft;
  // As it is typed, a comma and a space are on their way to a word.
  const [tags, setTags] = useState(draft.domainTags.join(" "));
  const versions = new Set([...VERSIONS, apiVersion]);
  return (
    <div className="more-fields">
      <div className="field-pairs">
        <SelectField
          label="Body"
          name="payload"
          value={payload}
          options={PAYLOADS}
          onValue={(payload) => onChange({ payload })}
          help="The log and the feed have all of it either way."
        />
        <SelectField
          label="Payload version"
          name="apiVersion"
          value={apiVersion}
          options={[...versions].map((version) => [version, version] as const)}
          onValue={(apiVersion) => onChange({ apiVersion })}
          help="What the receiver is written for. It stays when there is a newer one."
        />
        <SelectField
          label="Order"
          name="ordering"
          value={ordering}
          options={ORDERS}
          onValue={(ordering) => onChange({ ordering })}
          help="In a row, one that fails holds up those behind it."
        />
        <TextField
          label="Requests a minute, at most"
          name="maxPerMinute"
          type="number"
          min={1}
          max={6000}
          placeholder="No bound"
          value={maxPerMinute === null ? "" : String(maxPerMinute)}
          onValue={(text) => onChange({ maxPerMinute: text === "" ? null : Number(text) })}
          help="What comes to more waits."
        />
      </div>
      <DomainsField organization={organization} chosen={domainIds} onChoose={(domainIds) => onChange({ domainIds })} />
      <TextField
        label="Only of domains with one of these tags"
        name="domainTags"
        value={tags}
        onValue={(text) => {
          setTags(text);
          onChange({ domainTags: wordsOf(text) });
        }}
        placeholder="eu shop"
        help="With a space between them. Domains that were chosen above count as well; what concerns no domain is not sent then."
      />
      <HeadersField headers={headers} onChange={(headers) => onChange({ headers })} />
      <Checkbox
        label={
          <>
            Sign with a key pair, too
            <span className="help">Ed25519: whoever has the public key can verify, and cannot sign. The secret signs as ever.</span>
          </>
        }
        checked={ed25519}
        onValue={(ed25519) => onChange({ ed25519 })}
      />
    </div>
  );
}
