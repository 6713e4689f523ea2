import { RelativeText } from "../../../components/time-text.tsx";
import { useNow } from "../../../lib/use-now.ts";

/** When the domain is looked at again without being asked; checks start each minute. */
export function NextCheck({ at }: { at: string }) {
  const now = useNow(1_000);
  return Date.parse(at) <= now ? "within a minute" : <RelativeText at={at} />;
}
