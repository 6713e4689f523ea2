// Verifies a webhook of DCVaaS by the endpoint's public key, without any secret. Node 20 or newer, without any library.
import { createPublicKey, verify as verifySignature } from "node:crypto";
import { readFileSync } from "node:fs";

/** `headers` have names in lower case; `body` is the raw body, before any parsing. */
export function verify(publicKey, headers, body) {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < 300)) return false; // older than 5 minutes: a replay
  const x = Buffer.from(publicKey.replace("whpk_", ""), "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  return signatures
    .split(" ")
    .filter((one) => one.startsWith("v1a,"))
    .some((one) => verifySignature(null, signed, key, Buffer.from(one.replace("v1a,", ""), "base64")));
}

const { WEBHOOK_PUBLIC_KEY, WEBHOOK_ID, WEBHOOK_TIMESTAMP, WEBHOOK_SIGNATURE } = process.env;
const headers = {
  "webhook-id": WEBHOOK_ID,
  "webhook-timestamp": WEBHOOK_TIMESTAMP,
  "webhook-signature": WEBHOOK_SIGNATURE,
};
process.exit(verify(WEBHOOK_PUBLIC_KEY, headers, readFileSync(0)) ? 0 : 1);
