// oidc-provider with one client that acts for people and one for itself, on the port it is given.
import Provider from "oidc-provider";

const { port, redirectUri } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "web",
      client_secret: "a secret of the web client that is long enough",
      token_endpoint_auth_method: "client_secret_post",
      redirect_uris: [redirectUri],
      response_types: ["code"],
      grant_types: [
        "authorization_code",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
      ],
    },
    {
      client_id: "service",
      client_secret: "a-secret-of-the-service-that-is-long-enough",
      redirect_uris: [],
      response_types: [],
      grant_types: ["client_credentials"],
    },
  ],
  cookies: { keys: ["tests only"] },
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  scopes: ["openid", "offline_access", "api:read"],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  ttl: { AccessToken: 600, ClientCredentials: 600 },
});

provider.listen(port, "127.0.0.1");
