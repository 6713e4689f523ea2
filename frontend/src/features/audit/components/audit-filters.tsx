import type { AuditAction } from "../../../api/contract.ts";
import { SelectField, TextField } from "../../../components/form.tsx";
import { isFiltered } from "../../../lib/use-filter.ts";
import type { Names } from "../api/get-names.ts";
import { type AuditFilter, NO_FILTER } from "../filter.ts";
import { ACTION, nameOf } from "../sentences.ts";

const ACTIONS = Object.entries(ACTION) as [AuditAction, string][];

export function AuditFilters({
  filter,
  names,
  onFilter,
}: {
  filter: AuditFilter;
  names: Names;
  onFilter: (filter: AuditFilter) => void;
}) {
  const set = (change: Partial<AuditFilter>) => onFilter({ ...filter, ...change });
  const actors = [...names.people, ...[...names.tokens].map(([id, name]) => [id, `API token “${name}”`] as const)];
  // Who was chosen from a row need not be in the lists any more.
  const known = filter.actor === "" || actors.some(([id]) => id === filter.actor);
  const gone = known ? [] : [[filter.actor, filter.actor] as const];
  return (
    <div className="audit-filters" role="search" aria-label="Audit log">
      <div className="filters">
        <SelectField
          label="Who"
          name="actor"
          value={filter.actor}
          options={[["", "Anybody"], ...actors, ...gone]}
          onValue={(actor) => set({ actor })}
        />
        <SelectField
          label="What"
          name="action"
          value={filter.action}
          options={[["", "Anything"], ...ACTIONS]}
          onValue={(action) => set({ action })}
        />
        <TextField
          label="Since"
          name="firstDay"
          type="date"
          max={filter.lastDay}
          value={filter.firstDay}
          onValue={(firstDay) => set({ firstDay })}
        />
        <TextField
          label="Until"
          name="lastDay"
          type="date"
          min={filter.firstDay}
          value={filter.lastDay}
          onValue={(lastDay) => set({ lastDay })}
        />
        {isFiltered(filter) && (
          <button type="button" className="button" onClick={() => onFilter(NO_FILTER)}>
            Show all
          </button>
        )}
      </div>
      {filter.subject && (
        <p className="quiet">
          Only what concerns <strong className="break">{nameOf(filter.subject, names)}</strong>.
        </p>
      )}
    </div>
  );
}
