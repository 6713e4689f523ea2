import { useId, useState } from "react";

import { EventType as EVENT } from "../../../api/schema.gen.ts";
import { Checkbox, FieldGroup } from "../../../components/form.tsx";
import { NewTabLink } from "../../../components/new-tab-link.tsx";
import {
  ALL,
  CATEGORIES,
  chooseCategory,
  chooseEvent,
  isAll,
  type Selection,
  wants,
  wantsCategory,
} from "../events.ts";

export function EventsField({
  selection,
  onSelect,
}: {
  selection: Selection;
  onSelect: (selection: string[]) => void;
}) {
  const name = useId();
  // What was chosen one by one is still there after a look at "all".
  const [some, setSome] = useState<Selection>(isAll(selection) ? [] : selection);
  const select = (next: Selection) => onSelect([...next]);
  const refine = (next: Selection) => {
    setSome(next);
    select(next);
  };
  return (
    <FieldGroup label="Events" name="events">
      <p className="help">
        What each tells, with its schema and an example, is in the{" "}
        <NewTabLink href="/docs/events">catalogue of events</NewTabLink>.
      </p>
      <Checkbox
        type="radio"
        name={name}
        label="All events, also those added later"
        checked={isAll(selection)}
        onValue={() => select(ALL)}
      />
      <Checkbox
        type="radio"
        name={name}
        label="Only these:"
        checked={!isAll(selection)}
        onValue={() => select(some)}
      />
      {!isAll(selection) && (
        <div className="choices">
          {CATEGORIES.map(({ name: category, label, events }) => (
            <div key={category} className="event-group" role="group" aria-label={label}>
              <Checkbox
                label={
                  <>
                    <strong>{label}</strong> <span className="quiet">all, also those added later</span>
                  </>
                }
                checked={wantsCategory(selection, category)}
                partly={!wantsCategory(selection, category) && events.some((event) => wants(selection, event))}
                onValue={(on) => refine(chooseCategory(selection, category, on))}
              />
              {events.map((event) => (
                <Checkbox
                  key={event}
                  label={
                    <>
                      <code>{event}</code>
                      <span className="help">{EVENT[event]}</span>
                    </>
                  }
                  checked={wants(selection, event)}
                  onValue={(on) => refine(chooseEvent(selection, event, on))}
                />
              ))}
            </div>
          ))}
        </div>
      )}
    </FieldGroup>
  );
}
