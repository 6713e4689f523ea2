// The direction of imports: shared folders know no feature, a feature knows no other feature, only `app` knows all.

import { expect, test } from "vitest";

const SOURCES: Record<string, string> = import.meta.glob("./**/*.{ts,tsx}", { eager: true, query: "?raw", import: "default" });

/** `features/domains` of a path in a feature, else the first folder. */
function areaOf(path: string): string {
  return /^(features\/[^/]+|[^/]+)\//.exec(path)?.[1] ?? "main";
}

function allowed(from: string, to: string): boolean {
  if (from === "main" || from === "app" || from === to) return true;
  if (to === "app" || to === "main") return false;
  return !to.startsWith("features/") && (from.startsWith("features/") || LAYER[from]! >= LAYER[to]!);
}

const LAYER: Record<string, number> = { api: 0, lib: 1, components: 2 };

const imports = Object.entries(SOURCES).flatMap(([file, text]) =>
  [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, target]) => ({
    file: file.slice(2),
    target: new URL(target!, `file:///${file.slice(2)}`).pathname.slice(1),
  })),
);

test("imports go from the shared folders to features to app, and never sideways or back", () => {
  expect(imports.length).toBeGreaterThan(50);
  const wrong = imports.filter(({ file, target }) => !allowed(areaOf(file), areaOf(target)));
  expect(wrong).toEqual([]);
});

test("no file only hands on what others export", () => {
  const barrels = Object.keys(SOURCES).filter((file) => /\/index\.tsx?$/.test(file) || /^export .* from "/m.test(SOURCES[file]!));
  expect(barrels).toEqual([]);
});
