// Express with express-openid-connect and the code flow, as its documentation has it for calling an API.
import express from "express";
import oidc from "express-openid-connect";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, PORT } = process.env;

const app = express();
app.use(
  oidc.auth({
    authRequired: false,
    issuerBaseURL: ISSUER,
    baseURL: ORIGIN,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: "tests only, and long enough to be one",
    idpLogout: true,
    authorizationParams: { response_type: "code", scope: "openid profile email offline_access" },
  }),
);

app.get("/", (req, res) => {
  const { name, email } = req.oidc.user ?? {};
  res.json(req.oidc.isAuthenticated() ? { name, email } : null);
});

app.get("/refresh", async (req, res) => {
  const before = req.oidc.accessToken.access_token;
  const after = await req.oidc.accessToken.refresh();
  if (after.access_token === before) throw new Error("not refreshed");
  res.json({ sub: (await req.oidc.fetchUserInfo()).sub });
});

app.use((error, req, res, next) => res.status(400).json({ error: error.error ?? error.message }));
app.listen(PORT, "127.0.0.1");
