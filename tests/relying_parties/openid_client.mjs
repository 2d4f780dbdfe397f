// openid-client with its defaults, under remote control: one JSON object a line in, one a line out.
import { createInterface } from "node:readline";
import * as client from "openid-client";

const { issuer, redirectUri, home, web, hybrid } = JSON.parse(process.argv[2]);

const known = ({ client_id, client_secret }) =>
  client.discovery(new URL(issuer), client_id, client_secret);

const site = await known(web);
const mixed = await known(hybrid);
client.useCodeIdTokenResponseType(mixed);

let expected;

const authorizationUrl = async (config, checks, parameters) => {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  expected = { pkceCodeVerifier, expectedState: client.randomState(), ...checks };
  return client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    state: expected.expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    ...parameters,
  }).href;
};

const signedIn = (tokens) => ({ ...tokens, claims: tokens.claims() });

const actions = {
  start: ({ parameters }) => authorizationUrl(site, {}, parameters),

  finish: async ({ callback }) =>
    signedIn(await client.authorizationCodeGrant(site, new URL(callback), expected)),

  startMixed: ({ parameters }) => {
    const expectedNonce = client.randomNonce();
    return authorizationUrl(mixed, { expectedNonce }, { nonce: expectedNonce, ...parameters });
  },

  // The answer as the browser brings it: in the fragment of a URL, or in the body of a posted form.
  finishMixed: async ({ callback, form }) => {
    const came = form
      ? new Request(redirectUri, { method: "POST", body: new URLSearchParams(form) })
      : new URL(callback);
    return signedIn(await client.authorizationCodeGrant(mixed, came, expected));
  },

  userinfo: ({ token, subject }) => client.fetchUserInfo(site, token, subject),

  refresh: async ({ token }) => signedIn(await client.refreshTokenGrant(site, token)),

  signOutUrl: ({ idToken }) =>
    client.buildEndSessionUrl(site, { id_token_hint: idToken, post_logout_redirect_uri: home }).href,
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    console.log(JSON.stringify({ answer: await actions[command.do](command) }));
  } catch (error) {
    console.log(JSON.stringify({ fault: `${error.code ?? error.name}: ${error.error_description ?? error.message}` }));
  }
}
