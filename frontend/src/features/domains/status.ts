// What a domain's status means to a person: in a word, and who must do what now.

import type { Domain, DomainErrorCode, DomainStatus, RecordPurpose, RecordSeen } from "../../api/contract.ts";
import type { Tone } from "../../components/tone.tsx";
import { formatDate } from "../../lib/time.ts";

export const TONE: Record<DomainStatus, Tone> = { pending_cname: "waiting", issuing: "busy", active: "good", error: "bad" };

export const SEEN: Record<RecordSeen, { label: string; tone: Tone }> = {
  right: { label: "In place", tone: "good" },
  wrong: { label: "Other value found", tone: "bad" },
  missing: { label: "Not found yet", tone: "waiting" },
  unknown: { label: "Not verified", tone: "quiet" },
};

export const PURPOSE: Record<RecordPurpose, { label: string; why: string }> = {
  delegation: { label: "Delegation", why: "Hands validation to us, for this and every later certificate." },
  traffic: { label: "Traffic", why: "Sends visitors of this name to the platform." },
  ownership: { label: "Ownership", why: "Proves the name is yours before any traffic moves." },
};

const OWNER = "The domain’s owner";
const OPERATOR = "The operator";
const NOBODY = "Nobody";

/** Who can end an error; what to do is in its message. */
const ACTOR: Record<DomainErrorCode, string> = {
  blocked: OPERATOR,
  moved: OWNER,
  removed_upstream: "You",
  validation_timed_out: OWNER,
  issuance_timed_out: OWNER,
  deployment_timed_out: NOBODY,
  certificate_removed: OPERATOR,
  expired: OWNER,
  refused_upstream: OPERATOR,
  quota_exceeded: OPERATOR,
};

export interface Situation {
  tone: Tone;
  /** Who must act now; `null` when only the text knows. */
  actor: string | null;
  headline: string;
  text: string;
}

/** Who must act now, and what follows. */
export function situation(domain: Domain): Situation {
  const tone = TONE[domain.status];
  switch (domain.status) {
    case "pending_cname":
      return { tone, ...waitingFor(domain) };
    case "issuing":
      return {
        tone,
        actor: NOBODY,
        headline: "The certificate is being issued",
        text: "DNS is right. This takes a few minutes, and the page shows it by itself.",
      };
    case "active":
      if (isAdrift(domain)) return { tone: "waiting", ...renewalAtRisk(domain) };
      return {
        tone,
        actor: NOBODY,
        headline: "The certificate is live and renews by itself",
        text: domain.expiresAt
          ? `The current one is valid until ${formatDate(domain.expiresAt)}. Leave the records in place.`
          : "Leave the records in place.",
      };
    case "error":
      return {
        tone,
        actor: (domain.errorCode && ACTOR[domain.errorCode]) ?? null,
        headline: "This domain needs attention",
        text: domain.errorMessage ?? "The reason is not known yet. We keep checking.",
      };
  }
}

/** Whether the record that the next certificate needs is known not to be there. */
function isAdrift({ dnsVerified, dnsRecords }: Domain): boolean {
  const delegation = dnsRecords?.find(({ purpose }) => purpose === "delegation");
  return !dnsVerified && (delegation?.seen === "missing" || delegation?.seen === "wrong");
}

function renewalAtRisk({ dnsRecords, expiresAt }: Domain): Omit<Situation, "tone"> {
  const until = expiresAt ? ` until ${formatDate(expiresAt)}` : "";
  return {
    actor: OWNER,
    headline: `Place the delegation record in the DNS of ${dnsRecords[0]?.zone}`,
    text: `The certificate in use stays valid${until}, but the next one cannot be issued without that record.`,
  };
}

function waitingFor({ dnsRecords }: Domain): Omit<Situation, "tone"> {
  const open = dnsRecords.filter(({ required, seen }) => required && seen !== "right");
  const zone = dnsRecords[0]?.zone;
  if (open.length === 0 || zone === undefined) {
    return { actor: NOBODY, headline: "Waiting for DNS", text: "We look again soon and go on by ourselves." };
  }
  const wrong = open.filter(({ seen }) => seen === "wrong").length;
  const records = (count: number) => (count === 1 ? "1 record" : `${count} records`);
  return {
    actor: OWNER,
    headline: wrong > 0 ? `Correct ${records(wrong)} in the DNS of ${zone}` : `Place ${records(open.length)} in the DNS of ${zone}`,
    text: "Once, at the provider that holds it. We keep looking, and issue the certificate as soon as they are visible.",
  };
}

/** A name at the top of its zone cannot hold a plain CNAME (RFC 1034, section 3.6.2). */
export function needsAlias(record: { type: string; name: string; zone: string }): boolean {
  return record.type === "CNAME" && record.name === record.zone;
}

/** `_acme-challenge.app` instead of `_acme-challenge.app.customer.com`, where that saves a mistake. */
export function providerName(record: { name: string; relativeName: string }): string | null {
  return record.relativeName !== "" && record.relativeName !== record.name ? record.relativeName : null;
}
