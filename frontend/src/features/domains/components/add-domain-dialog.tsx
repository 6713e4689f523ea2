import { useNavigate } from "@tanstack/react-router";
import { useId, useRef, useState, type FormEvent } from "react";

import { ApiProblem } from "../../../api/problem.ts";
import { Modal } from "../../../components/modal.tsx";
import { ProblemNotice, RequestId } from "../../../components/problem-notice.tsx";
import { useAddDomain } from "../api/add-domain.ts";

export function AddDomainDialog({ organization, onClose }: { organization: string; onClose: () => void }) {
  const navigate = useNavigate();
  const addDomain = useAddDomain(organization);
  const [hostname, setHostname] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const id = useId();

  const problem = addDomain.error;
  const fault = problem instanceof ApiProblem ? problem.fieldMessage("hostname", "domainName") : null;

  function submit(event: FormEvent) {
    event.preventDefault();
    addDomain.mutate(hostname.trim(), {
      onSuccess: (domain) => void navigate({ to: "/domains/$domainId", params: { domainId: domain.id } }),
      onError: () => input.current?.focus(),
    });
  }

  return (
    <Modal title="Add a domain" onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <div className="field">
          <label htmlFor={id}>Hostname</label>
          <input
            ref={input}
            id={id}
            name="hostname"
            value={hostname}
            onChange={(event) => {
              setHostname(event.target.value);
              if (problem) addDomain.reset();
            }}
            placeholder="app.customer.com"
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            inputMode="url"
            aria-invalid={fault !== null}
            aria-describedby={fault ? `${id}-fault ${id}-help` : `${id}-help`}
          />
          {problem && fault && (
            <p className="fault" id={`${id}-fault`} role="alert">
              {fault}
              <RequestId error={problem} />
            </p>
          )}
          <p className="help" id={`${id}-help`}>
            The full name that visitors use, such as <code>app.customer.com</code>, or <code>*.customer.com</code> for
            every name under it.
          </p>
        </div>
        {problem && !fault && <ProblemNotice error={problem} />}
        <div className="form-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" disabled={addDomain.isPending}>
            {addDomain.isPending ? "Adding…" : "Add domain"}
          </button>
        </div>
      </form>
    </Modal>
  );
}
