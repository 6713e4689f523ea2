import type { Scope } from "../../../api/contract.ts";
import { Checkbox, FieldGroup } from "../../../components/form.tsx";
import { choose, isIncluded, RESOURCES } from "../scopes.ts";

/** What the token may do, resource by resource. */
export function ScopesField({
  chosen,
  onChoose,
}: {
  chosen: readonly Scope[];
  onChoose: (chosen: readonly Scope[]) => void;
}) {
  const box = (scope: Scope, label: string) => {
    const included = isIncluded(chosen, scope);
    return (
      <Checkbox
        key={scope}
        name={scope}
        label={label}
        checked={included || chosen.includes(scope)}
        disabled={included}
        onValue={(on) => onChoose(choose(chosen, scope, on))}
      />
    );
  };
  return (
    <FieldGroup label="What it may do" name="scopes">
      <div className="choices">
        {RESOURCES.map(({ label, scopes }) => (
          <div key={label} className="choice-row" role="group" aria-label={label}>
            <span>{label}</span>
            {scopes.map((scope) => box(scope, scope.endsWith(":read") ? "Read" : "Change"))}
          </div>
        ))}
        <div>{box("admin", "Everything, also what is added later")}</div>
      </div>
    </FieldGroup>
  );
}
