// A form that sends one request: what the server says about a field stands beside it, everything else below.

import { createContext, use, useEffect, useId, useRef, type ComponentProps, type FormEvent, type ReactNode } from "react";

import { ApiProblem } from "../api/problem.ts";
import { ProblemNotice, RequestId } from "./problem-notice.tsx";

/** What a form needs to know of its request. */
export interface Request {
  error: Error | null;
  isPending: boolean;
  reset: () => void;
}

const FormError = createContext<Error | null>(null);

export function Form({
  request,
  fields = [],
  action,
  acting,
  danger = false,
  ready = true,
  onSubmit,
  onCancel,
  children,
}: {
  request: Request;
  /** The names under which the server may complain about the inputs. */
  fields?: readonly string[];
  /** What the button says, and what it says meanwhile. */
  action: string;
  acting: string;
  danger?: boolean;
  /** Whether it may be sent at all. */
  ready?: boolean;
  onSubmit: () => void;
  onCancel?: () => void;
  children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const { error, isPending, reset } = request;
  const besideInput = error instanceof ApiProblem && error.fieldMessage(...fields) !== null;

  useEffect(() => {
    if (error) form.current?.querySelector(".fault")?.parentElement?.querySelector<HTMLElement>("input, select")?.focus();
  }, [error]);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (ready && !isPending) onSubmit();
  }

  return (
    // Typing answers what was said, so it goes.
    <form ref={form} className="form" onSubmit={submit} onChange={error ? reset : undefined}>
      <FormError value={error}>{children}</FormError>
      {error && !besideInput && <ProblemNotice error={error} />}
      <div className="form-actions">
        {onCancel && (
          <button type="button" className="button" onClick={onCancel}>
            Cancel
          </button>
        )}
        <button
          type="submit"
          className={`button button-${danger ? "danger" : "primary"}`}
          disabled={!ready || isPending}
        >
          {isPending ? acting : action}
        </button>
      </div>
    </form>
  );
}

/** What the server says about one field, and what ties that to the input. */
function useFault(name: string): { fault: ReactNode; faultId: string | undefined } {
  const id = useId();
  const error = use(FormError);
  const text = error instanceof ApiProblem && error.fieldMessage(name);
  if (!text) return { fault: null, faultId: undefined };
  const fault = (
    <p className="fault" id={id} role="alert">
      {text}
      <RequestId error={error} />
    </p>
  );
  return { fault, faultId: id };
}

/** Text that is code to us: no browser may correct it. */
const EXACT = { autoComplete: "off", autoCapitalize: "none", autoCorrect: "off", spellCheck: false } as const;

export function TextField({
  label,
  name,
  help,
  value,
  onValue,
  ...input
}: {
  label: ReactNode;
  name: string;
  help?: ReactNode;
  value: string;
  onValue: (value: string) => void;
} & Pick<ComponentProps<"input">, "type" | "inputMode" | "placeholder" | "min" | "max" | "required" | "disabled" | "autoComplete">) {
  const id = useId();
  const { fault, faultId } = useFault(name);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...EXACT}
        {...input}
        id={id}
        name={name}
        value={value}
        onChange={(event) => onValue(event.target.value)}
        aria-invalid={faultId !== undefined}
        aria-describedby={[faultId, help && `${id}-help`].filter(Boolean).join(" ") || undefined}
      />
      {fault}
      {help && (
        <p className="help" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}

export function SelectField<Value extends string>({
  label,
  name,
  help,
  value,
  options,
  onValue,
}: {
  label: ReactNode;
  name: string;
  help?: ReactNode;
  value: Value;
  /** What is sent, and what stands there for it. */
  options: readonly (readonly [Value, string])[];
  onValue: (value: Value) => void;
}) {
  const id = useId();
  const { fault, faultId } = useFault(name);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        name={name}
        value={value}
        onChange={(event) => onValue(event.target.value as Value)}
        aria-invalid={faultId !== undefined}
        aria-describedby={[faultId, help && `${id}-help`].filter(Boolean).join(" ") || undefined}
      >
        {options.map(([word, text]) => (
          <option key={word} value={word}>
            {text}
          </option>
        ))}
      </select>
      {fault}
      {help && (
        <p className="help" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}

/** Several inputs that are one field to the server. */
export function FieldGroup({ label, name, children }: { label: string; name: string; children: ReactNode }) {
  const { fault, faultId } = useFault(name);
  return (
    <fieldset className="field" aria-describedby={faultId}>
      <legend>{label}</legend>
      {children}
      {fault}
    </fieldset>
  );
}

export function Checkbox({
  partly = false,
  label,
  onValue,
  ...input
}: {
  /** Some of what it stands for is chosen. */
  partly?: boolean;
  label: ReactNode;
  onValue: (checked: boolean) => void;
} & Pick<ComponentProps<"input">, "checked" | "disabled" | "name"> & { type?: "checkbox" | "radio" }) {
  return (
    <label className="check">
      <input
        type="checkbox"
        {...input}
        ref={(element) => {
          if (element) element.indeterminate = partly;
        }}
        onChange={(event) => onValue(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
