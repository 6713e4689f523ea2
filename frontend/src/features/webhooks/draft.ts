import type { ApiVersion, Ordering, PayloadForm, Webhook } from "../../api/contract.ts";
import { ApiVersion as API_VERSION } from "../../api/schema.gen.ts";

/** A further header of every request. */
export interface Header {
  name: string;
  /** `null` where it stays what it is: nobody is shown it. */
  value: string | null;
}

/** What a person decides about an endpoint. */
export interface Draft extends Pick<Webhook, "url" | "description" | "domainIds" | "domainTags" | "maxPerMinute"> {
  /** Also words that only a newer server knows. */
  events: string[];
  /** Whether a key pair signs, too. */
  ed25519: boolean;
  payload: PayloadForm;
  ordering: Ordering;
  apiVersion: ApiVersion;
  headers: Header[];
}

/** The same as the API takes it; what is left out stays, or is as nothing was asked. */
export type Body = Partial<Omit<Draft, "headers"> & { headers: Record<string, string | null>; enabled: boolean }>;

/** The versions of the payloads, the newest last. */
export const VERSIONS = Object.keys(API_VERSION) as ApiVersion[];

/** An endpoint of which nothing special is asked. */
export const BLANK: Draft = {
  url: "",
  description: null,
  events: ["*"],
  ed25519: false,
  payload: "full",
  ordering: "none",
  apiVersion: VERSIONS.at(-1)!,
  maxPerMinute: null,
  domainIds: [],
  domainTags: [],
  headers: [],
};

export function draftOf({ publicKey, headerNames, ...webhook }: Webhook): Draft {
  const { url, description, events, payload, ordering, apiVersion, maxPerMinute, domainIds, domainTags } = webhook;
  const headers = headerNames.map((name) => ({ name, value: null }));
  const filter = { domainIds, domainTags };
  return { url, description, events, ed25519: publicKey !== null, payload, ordering, apiVersion, maxPerMinute, ...filter, headers };
}

/** What of `after` differs from `before`. An address that stays is not sent: it need not pass the server's guard again. */
export function changes(before: Draft, after: Draft): Body {
  const { events, domainIds, domainTags } = after;
  return {
    ...changed(before, after, ["url", "description", "ed25519", "payload", "ordering", "apiVersion", "maxPerMinute"]),
    ...(differ(before.events, events) && { events }),
    ...(differ(before.domainIds, domainIds) && { domainIds }),
    ...(differ(before.domainTags, domainTags) && { domainTags }),
    ...(differ(before.headers.map(lineOf), after.headers.map(lineOf)) && { headers: valuesOf(after.headers) }),
  };
}

/** What a new endpoint is made of. */
export function bodyOf(draft: Draft): Body {
  return { ...changes(BLANK, draft), url: draft.url };
}

/** Whether it is asked for more than an address, events and what it is for. */
export function asksMore(draft: Draft): boolean {
  const { url, description, events } = draft;
  return Object.keys(changes({ ...BLANK, url, description, events }, draft)).length > 0;
}

function changed<Name extends keyof Draft>(before: Draft, after: Draft, names: readonly Name[]): Partial<Pick<Draft, Name>> {
  const differing = names.filter((name) => after[name] !== before[name]);
  return Object.fromEntries(differing.map((name) => [name, after[name]])) as Partial<Pick<Draft, Name>>;
}

/** In no order: neither events nor headers have one. */
function differ(before: readonly string[], after: readonly string[]): boolean {
  return before.toSorted().join("\n") !== after.toSorted().join("\n");
}

const lineOf = ({ name, value }: Header) => JSON.stringify([name, value]);

const valuesOf = (headers: readonly Header[]) => Object.fromEntries(headers.map(({ name, value }) => [name, value]));

/** Those that were filled in: a row that was only begun asks for nothing. */
export function filled(headers: readonly Header[]): Header[] {
  return headers.map(({ name, value }) => ({ name: name.trim(), value })).filter(({ name, value }) => name !== "" || value);
}

/** Whether a header before this one has the same name; an object would keep one of them in silence. */
export function isRepeated(headers: readonly Header[], index: number): boolean {
  const name = headers[index]?.name.trim().toLowerCase();
  return name !== "" && headers.slice(0, index).some((other) => other.name.trim().toLowerCase() === name);
}

/** The part of an address that tells endpoints apart at a glance: `hooks.example.com`, with the port if it has one. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
