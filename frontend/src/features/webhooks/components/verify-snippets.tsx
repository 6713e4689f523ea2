import { useState } from "react";

import { CopyButton } from "../../../components/copy-button.tsx";
import java from "../../../../../docs/verify/Verify.java?raw";
import javascript from "../../../../../docs/verify/verify.mjs?raw";
import python from "../../../../../docs/verify/verify.py?raw";
import rust from "../../../../../docs/verify/verify.rs?raw";
import shell from "../../../../../docs/verify/verify.sh?raw";

/** The very files that the end-to-end tests run on real deliveries. */
const PROGRAMS = { JavaScript: javascript, Python: python, Rust: rust, Java: java, Shell: shell };

type Language = keyof typeof PROGRAMS;

const LANGUAGES = Object.keys(PROGRAMS) as Language[];

/** How a receiver verifies what it is sent, as a whole program in each of five languages. */
export default function VerifySnippets() {
  const [language, setLanguage] = useState<Language>("JavaScript");
  const program = PROGRAMS[language];
  return (
    <div className="snippets">
      <p className="quiet">
        Take the function into your receiver. The rest makes it a program to try out: it reads <code>WEBHOOK_SECRET</code>{" "}
        (the one that begins with <code>whsec_</code>), <code>WEBHOOK_ID</code>, <code>WEBHOOK_TIMESTAMP</code> and{" "}
        <code>WEBHOOK_SIGNATURE</code> from the environment and the raw body from its input, and ends with 0 if the message
        is ours.
      </p>
      <div className="segments" role="group" aria-label="Language">
        {LANGUAGES.map((one) => (
          <button key={one} type="button" aria-pressed={one === language} onClick={() => setLanguage(one)}>
            {one}
          </button>
        ))}
        <CopyButton value={program} what={`program in ${language}`} />
      </div>
      <pre className="code-block" tabIndex={0} aria-label={`The program in ${language}`}>
        {program}
      </pre>
    </div>
  );
}
