// Made from openapi.json by `npm run types`. Do not edit.

export const PLANS = {
  "free": {
    "auditDays": 90,
    "domains": 3,
    "features": [],
    "requestsPerMinute": 10,
    "webhookEndpoints": 0
  },
  "pro": {
    "auditDays": 365,
    "domains": 15,
    "features": [
      "api_tokens",
      "webhooks"
    ],
    "requestsPerMinute": 100,
    "webhookEndpoints": 3
  },
  "agency": {
    "auditDays": 1095,
    "domains": 50,
    "features": [
      "api_tokens",
      "webhooks",
      "team",
      "audit",
      "white_label",
      "automatic_dns"
    ],
    "requestsPerMinute": 1000,
    "webhookEndpoints": 50
  }
} as const;
