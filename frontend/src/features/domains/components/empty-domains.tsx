import { PlusIcon } from "../../../components/icons.tsx";
import { Empty } from "../../../components/page.tsx";

const STEPS = [
  { title: "Add the hostname", text: "You get the exact records at once. They never change." },
  { title: "Its owner places them, once", text: "One CNAME hands certificate validation to us. No DNS key leaves the owner." },
  { title: "Nothing more to do", text: "The certificate is issued and renewed for years, and we tell you if the record ever goes." },
];

export function EmptyDomains({ onAdd }: { onAdd: () => void }) {
  return (
    <Empty
      title="One CNAME, placed once"
      text="Certificates now live months, soon weeks. DCVaaS keeps them valid for domains that belong to your customers."
    >
      <ol className="steps">
        {STEPS.map(({ title, text }) => (
          <li key={title}>
            <strong>{title}</strong>
            <span>{text}</span>
          </li>
        ))}
      </ol>
      <button type="button" className="button button-primary" onClick={onAdd}>
        <PlusIcon />
        Add your first domain
      </button>
    </Empty>
  );
}
