// openid-client under remote control: one JSON object a line in ({"do": ..., ...}), one a line out.
import { createInterface } from "node:readline";
import * as client from "openid-client";

const { issuer, redirectUri, clients, account } = JSON.parse(process.argv[2]);

const known = async ({ client_id, client_secret }) =>
  client.discovery(new URL(issuer), client_id, undefined, client.ClientSecretBasic(client_secret), {
    algorithm: "oauth2",
    execute: [client.allowInsecureRequests],
  });

const device = async () =>
  client.discovery(new URL(issuer), clients.device.client_id, undefined, client.None(), {
    algorithm: "oauth2",
    execute: [client.allowInsecureRequests],
  });

const key = await crypto.subtle.importKey(
  "jwk",
  account.key,
  { name: "ECDSA", namedCurve: account.key.crv },
  false,
  ["sign"],
);

const byKey = async () =>
  client.discovery(
    new URL(issuer),
    account.client_id,
    undefined,
    client.PrivateKeyJwt({ key, kid: account.key.kid }),
    { algorithm: "oauth2", execute: [client.allowInsecureRequests] },
  );

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

const ownAssertion = async () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: account.client_id,
    sub: account.client_id,
    aud: issuer,
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + 60,
  };
  const said = `${encoded({ alg: "ES256", kid: account.key.kid })}.${encoded(claims)}`;
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    key,
    new TextEncoder().encode(said),
  );
  return `${said}.${Buffer.from(signature).toString("base64url")}`;
};

const web = await known(clients.web);
let expected;

const actions = {
  discover: () => web.serverMetadata(),

  authorizationUrl: async ({ scope, resource }) => {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    expected = { pkceCodeVerifier, expectedState: client.randomState() };
    const url = client.buildAuthorizationUrl(web, {
      redirect_uri: redirectUri,
      scope,
      state: expected.expectedState,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
      ...(resource && { resource }),
    });
    return url.href;
  },

  redeem: ({ callback }) => client.authorizationCodeGrant(web, new URL(callback), expected),

  refresh: ({ token }) => client.refreshTokenGrant(web, token),

  revoke: async ({ token }) => (await client.tokenRevocation(web, token)) ?? null,

  introspect: ({ token }) => client.tokenIntrospection(web, token),

  clientCredentials: async ({ scope }) =>
    client.clientCredentialsGrant(await known(clients.service), { scope }),

  exchange: async ({ grantType, parameters }) =>
    client.genericGrantRequest(await known(clients.api), grantType, parameters),
  signForItself: async ({ scope }) =>
    client.genericGrantRequest(await byKey(), "urn:ietf:params:oauth:grant-type:jwt-bearer", {
      scope,
      assertion: await ownAssertion(),
    }),

  authenticateByKey: async ({ scope }) => client.clientCredentialsGrant(await byKey(), { scope }),

  deviceCodes: async ({ scope }) => client.initiateDeviceAuthorization(await device(), { scope }),

  deviceTokens: async ({ codes }) => client.pollDeviceAuthorizationGrant(await device(), codes),

  call: async ({ token, url }) => {
    try {
      return (await client.fetchProtectedResource(web, token, new URL(url), "GET")).status;
    } catch (error) {
      if (error instanceof client.WWWAuthenticateChallengeError) return error.status;
      throw error;
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    console.log(JSON.stringify({ answer: await actions[command.do](command) }));
  } catch (error) {
    console.log(JSON.stringify({ fault: `${error.code ?? error.name}: ${error.error_description ?? error.message}` }));
  }
}
