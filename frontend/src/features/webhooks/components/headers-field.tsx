import { FieldGroup, TextField } from "../../../components/form.tsx";
import { type Header, isRepeated } from "../draft.ts";

/** As the server takes at most. */
const MOST = 10;

/** Further headers. The value of one that is there is never shown: it is kept, replaced or removed. */
export function HeadersField({ headers, onChange }: { headers: readonly Header[]; onChange: (headers: Header[]) => void }) {
  const replace = (index: number, header: Header) => onChange(headers.with(index, header));
  return (
    <FieldGroup label="Headers of every request" name="headers">
      <p className="help">For a gateway that wants a password, for example. Values are kept encrypted and never shown again.</p>
      {headers.length > 0 && (
        <ul className="choices">
          {headers.map((header, index) => (
            <li key={index}>
              {header.value === null ? (
                <code className="break">{header.name}</code>
              ) : (
                <Typed header={header} onChange={(header) => replace(index, header)} />
              )}
              {isRepeated(headers, index) && <p className="fault">This header is there twice.</p>}
              <p className="header-actions">
                {header.value === null && (
                  <>
                    <span aria-label="A value that is not shown" role="img">
                      ••••••••
                    </span>
                    <button
                      type="button"
                      className="text-button"
                      aria-label={`Replace the value of ${header.name}`}
                      onClick={() => replace(index, { ...header, value: "" })}
                    >
                      Replace
                    </button>
                  </>
                )}
                <button
                  type="button"
                  className="text-button"
                  aria-label={`Remove the header ${header.name}`.trim()}
                  onClick={() => onChange(headers.toSpliced(index, 1))}
                >
                  Remove
                </button>
              </p>
            </li>
          ))}
        </ul>
      )}
      {headers.length < MOST && (
        <p>
          <button type="button" className="button" onClick={() => onChange([...headers, { name: "", value: "" }])}>
            Add a header
          </button>
        </p>
      )}
    </FieldGroup>
  );
}

function Typed({ header, onChange }: { header: Header; onChange: (header: Header) => void }) {
  const { name, value } = header;
  return (
    <div className="field-pairs">
      <TextField
        label="Name"
        name="headerName"
        value={name}
        onValue={(name) => onChange({ ...header, name })}
        placeholder="Authorization"
      />
      <TextField
        label="Value"
        name={`headers.${name.trim()}`}
        value={value ?? ""}
        onValue={(value) => onChange({ ...header, value })}
      />
    </div>
  );
}
