import { useCallback, useSyncExternalStore } from "react";

/** One timer for everything on the page that ticks alike. */
const tickers = new Map<number, { listeners: Set<() => void>; timer: ReturnType<typeof setInterval> }>();

function subscribe(interval: number, listener: () => void): () => void {
  let ticker = tickers.get(interval);
  if (ticker === undefined) {
    const listeners = new Set<() => void>();
    ticker = { listeners, timer: setInterval(() => listeners.forEach((tell) => tell()), interval) };
    tickers.set(interval, ticker);
  }
  const { listeners, timer } = ticker;
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    tickers.delete(interval);
  };
}

/** The time in milliseconds since 1970, in steps of `interval` milliseconds. */
export function useNow(interval: number): number {
  return useSyncExternalStore(
    useCallback((listener) => subscribe(interval, listener), [interval]),
    () => Math.floor(Date.now() / interval) * interval,
  );
}
