import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds the API: the local stack's own address. */
const API_URL = "http://127.0.0.1:8787";

export default defineConfig({
  plugins: [react()],
  // React has had this hook itself since version 18.
  resolve: { alias: [{ find: /^use-sync-external-store\/shim$/, replacement: "react" }] },
  build: {
    // The first browsers with `light-dark()`, which the colours are written in.
    target: ["chrome123", "firefox120", "safari17.5"],
    // The content security policy refuses `data:` addresses.
    assetsInlineLimit: 0,
    // Those browsers know what this stands in for.
    modulePreload: { polyfill: false },
  },
  server: {
    // The worker takes a cookie's request only from its own origin.
    proxy: { "/api": { target: API_URL, changeOrigin: true, headers: { origin: API_URL } } },
  },
  test: { include: ["src/**/*.test.ts"], env: { TZ: "UTC" } },
});
