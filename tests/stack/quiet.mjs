// Imported before wrangler, which reads these when it loads: no banner, no look for newer versions, no telemetry, and
// no word about secrets that the stack itself provides.
process.env.WRANGLER_HIDE_BANNER = "true";
process.env.WRANGLER_LOG ??= "error";
process.env.WRANGLER_SEND_METRICS = "false";
process.env.WRANGLER_SEND_ERROR_REPORTS = "false";
