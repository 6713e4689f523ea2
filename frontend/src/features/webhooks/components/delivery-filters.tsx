import { ErrorClass as ERROR_CLASS } from "../../../api/schema.gen.ts";
import { SelectField, TextField } from "../../../components/form.tsx";
import { isFiltered } from "../../../lib/use-filter.ts";
import { instantOf, localOf, STATE } from "../delivery.ts";
import { EVENT_TYPES } from "../events.ts";
import { type DeliveryFilter, NO_FILTER, PERIOD } from "../filter.ts";

/** The words of a table, each with what stands there for it. */
function optionsOf<Word extends string>(table: Readonly<Record<Word, string | { label: string }>>) {
  return (Object.entries(table) as [Word, string | { label: string }][]).map(
    ([word, said]) => [word, typeof said === "string" ? said : said.label] as const,
  );
}

const STATES = optionsOf(STATE);
const EVENTS = EVENT_TYPES.map((event) => [event, event] as const);
const ERRORS = optionsOf(ERROR_CLASS).map(([word, said]) => [word, said.replaceAll(/`|\.$/g, "")] as const);
const PERIODS = optionsOf(PERIOD);

export function DeliveryFilters({ filter, onFilter }: { filter: DeliveryFilter; onFilter: (filter: DeliveryFilter) => void }) {
  const set = (change: Partial<DeliveryFilter>) => onFilter({ ...filter, ...change });
  return (
    <div className="filters delivery-filters" role="search" aria-label="Deliveries">
      <SelectField
        label="State"
        name="state"
        value={filter.state}
        options={[["", "Any state"], ...STATES]}
        onValue={(state) => set({ state })}
      />
      <SelectField
        label="Event"
        name="event"
        value={filter.event}
        options={[["", "Any event"], ...EVENTS]}
        onValue={(event) => set({ event })}
      />
      <SelectField
        label="Failure"
        name="error"
        value={filter.error}
        options={[["", "Whatever came back"], ...ERRORS]}
        onValue={(error) => set({ error })}
      />
      <SelectField
        label="When"
        name="when"
        value={filter.when}
        options={[["", "Any time"], ...PERIODS]}
        onValue={(when) => set({ when, since: "", until: "" })}
      />
      {filter.when === "between" && (
        <div className="filters">
          <TextField
            label="Since"
            name="since"
            type="datetime-local"
            value={filter.since && localOf(filter.since)}
            onValue={(since) => set({ since: instantOf(since) })}
          />
          <TextField
            label="Until"
            name="until"
            type="datetime-local"
            value={filter.until && localOf(filter.until)}
            onValue={(until) => set({ until: instantOf(until) })}
          />
        </div>
      )}
      {isFiltered(filter) && (
        <button type="button" className="button" onClick={() => onFilter(NO_FILTER)}>
          Show all
        </button>
      )}
    </div>
  );
}
