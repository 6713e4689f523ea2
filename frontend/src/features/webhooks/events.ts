// The events that an endpoint may be told of, and how a person chooses among them.

import type { EventType } from "../../api/contract.ts";
import { EventType as EVENT } from "../../api/schema.gen.ts";

/** What an endpoint wants to hear, in the API's words: names of events, `<category>.*`, or `*`. */
export type Selection = readonly string[];

export const ALL: Selection = ["*"];

export const EVENT_TYPES = Object.keys(EVENT) as EventType[];

export const CATEGORIES: readonly { name: string; label: string; events: readonly EventType[] }[] = [
  { name: "domain", label: "Domains" },
  { name: "dns", label: "DNS" },
  { name: "certificate", label: "Certificates" },
  { name: "job", label: "Jobs" },
  { name: "token", label: "API tokens" },
  { name: "member", label: "Members" },
  { name: "organization", label: "Organization" },
  { name: "webhook", label: "Webhooks" },
].map((category) => ({ ...category, events: EVENT_TYPES.filter((event) => categoryOf(event) === category.name) }));

function categoryOf(word: string): string {
  return word.slice(0, word.indexOf("."));
}

/** Whether the selection is for everything, also what is added later. */
export function isAll(selection: Selection): boolean {
  return selection.includes("*");
}

export function wantsCategory(selection: Selection, category: string): boolean {
  return selection.includes(`${category}.*`);
}

/** Whether the event is chosen, by its name or with its category. */
export function wants(selection: Selection, event: string): boolean {
  return wantsCategory(selection, categoryOf(event)) || selection.includes(event);
}

/** With the whole category, later events included, or with nothing of it. */
export function chooseCategory(selection: Selection, category: string, on: boolean): Selection {
  const others = selection.filter((word) => categoryOf(word) !== category);
  return on ? [...others, `${category}.*`] : others;
}

/** With or without one event. A category of which one is taken away becomes the list of the others. */
export function chooseEvent(selection: Selection, event: EventType, on: boolean): Selection {
  const category = categoryOf(event);
  const spelled = wantsCategory(selection, category)
    ? [...chooseCategory(selection, category, false), ...EVENT_TYPES.filter((other) => categoryOf(other) === category)]
    : selection;
  const others = spelled.filter((word) => word !== event);
  return on ? [...others, event] : others;
}
