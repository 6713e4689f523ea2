// A provider of OpenID Connect on loopback: the npm package `oidc-provider`, whose own pages ask for a login (any) and
// for consent. What it says of a person follows from the login.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

/** Keys by their algorithm in JOSE. */
const KEYS = {
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  PS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
};

/** A key as its owner keeps it. */
const newKey = (alg) => ({
  ...KEYS[alg]().privateKey.export({ format: "jwk" }),
  use: "sig",
  alg,
  kid: randomBytes(8).toString("hex"),
});

const personOf = (login) => ({
  sub: login,
  email: login.replace(/^unverified-/, ""),
  email_verified: !login.startsWith("unverified"),
  name: login,
});

/**
 * Starts a provider that knows one client and resolves to `{issuer, rotate(), stop()}`.
 *
 * - `port`, `client` (as OpenID Connect registers it), `alg` of its ID tokens
 * - `options`: further configuration of the package
 *
 * A login is an address; one that begins with `unverified` is not vouched for.
 */
export async function startProvider({ port, client, alg = "RS256", options = {} }) {
  const issuer = `http://127.0.0.1:${port}`;
  const make = () =>
    new Provider(issuer, {
      clients: [{ grant_types: ["authorization_code"], response_types: ["code"], id_token_signed_response_alg: alg, ...client }],
      jwks: { keys: [newKey(alg)] },
      cookies: { keys: [randomBytes(16).toString("hex")] },
      pkce: { required: () => true },
      claims: { email: ["email", "email_verified"], profile: ["name"] },
      conformIdTokenClaims: false,
      enabledJWA: { idTokenSigningAlgValues: [alg] },
      findAccount: (_context, login) => ({ accountId: login, claims: () => personOf(login) }),
      ...options,
    }).callback();
  let handle = make();
  const server = createServer((request, response) => handle(request, response));
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    issuer,
    /** From now on it signs with a new key, and publishes no other. */
    rotate: () => void (handle = make()),
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}
