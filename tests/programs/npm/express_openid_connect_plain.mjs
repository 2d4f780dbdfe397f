// Express with express-openid-connect as its first page has it: all it asks for is an ID token, by POST.
import express from "express";
import oidc from "express-openid-connect";

const { ISSUER, CLIENT_ID, ORIGIN, PORT } = process.env;

const app = express();
app.use(
  oidc.auth({
    authRequired: false,
    issuerBaseURL: ISSUER,
    baseURL: ORIGIN,
    clientID: CLIENT_ID,
    secret: "tests only, and long enough to be one",
    idpLogout: true,
  }),
);

app.get("/", (req, res) => {
  const { name, email } = req.oidc.user ?? {};
  res.json(req.oidc.isAuthenticated() ? { name, email } : null);
});

app.use((error, req, res, next) => res.status(400).json({ error: error.error ?? error.message }));
app.listen(PORT, "127.0.0.1");
