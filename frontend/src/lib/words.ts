// Lists that a person types in one field.

/** The entries, as they stand there: `eu, shop` and `eu shop` are two. */
export function entriesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** The same without repeats. */
export function wordsOf(text: string): string[] {
  return [...new Set(entriesOf(text))];
}
