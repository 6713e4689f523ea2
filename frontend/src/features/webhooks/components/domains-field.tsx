import { useState } from "react";

import { Checkbox, FieldGroup } from "../../../components/form.tsx";
import { explain } from "../../../components/problem-notice.tsx";
import { useDomainNames } from "../api/get-domain-names.ts";

/** So many can be looked through; more are searched. */
const SHOWN = 50;

/** The domains that an endpoint is told of, chosen by their names. */
export function DomainsField({
  organization,
  chosen,
  onChoose,
}: {
  organization: string;
  chosen: readonly string[];
  onChoose: (domainIds: string[]) => void;
}) {
  const { data: names, error } = useDomainNames(organization);
  const [sought, setSought] = useState("");
  // Those that are chosen stand first, and stay where they are while somebody chooses.
  const [first] = useState(chosen);
  const all = [...new Set([...first, ...(names?.keys() ?? [])])].map((id) => [id, names?.get(id) ?? id] as const);
  const fitting = all.filter(([, name]) => name.includes(sought.trim().toLowerCase()));
  return (
    <FieldGroup label="Only of these domains" name="domainIds">
      {error && <p className="fault">{explain(error)}</p>}
      {all.length > SHOWN && (
        <input
          type="search"
          aria-label="Search the domains"
          placeholder="Search"
          value={sought}
          onChange={(event) => setSought(event.target.value)}
          // It is not the form that is to be sent.
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
        />
      )}
      {all.length > 0 && (
        <div className="choices choices-short">
          {fitting.slice(0, SHOWN).map(([id, name]) => (
            <Checkbox
              key={id}
              label={<span className="break">{name}</span>}
              checked={chosen.includes(id)}
              onValue={(on) => onChoose(on ? [...chosen, id] : chosen.filter((other) => other !== id))}
            />
          ))}
          {fitting.length > SHOWN && <p className="quiet">{`${fitting.length - SHOWN} more: search for them.`}</p>}
          {fitting.length === 0 && <p className="quiet">No domain has that in its name.</p>}
        </div>
      )}
      <p className="help">
        {names?.size === 0 ? "There are no domains yet." : chosen.length === 0 ? "None is chosen: events of all are sent." : `${chosen.length} chosen.`}
      </p>
    </FieldGroup>
  );
}
