// Express with Passport and the strategy of openid-client, as its documentation has it.
import express from "express";
import session from "express-session";
import passport from "passport";
import * as client from "openid-client";
import { Strategy } from "openid-client/passport";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, PORT } = process.env;

const config = await client.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET);
passport.use(
  "openid",
  new Strategy(
    { config, scope: "openid email profile", callbackURL: `${ORIGIN}/callback` },
    async (tokens, done) => {
      const { sub } = tokens.claims();
      const { name, email } = await client.fetchUserInfo(config, tokens.access_token, sub);
      done(null, { sub, name, email, tokens });
    },
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
app.set("trust proxy", true);
app.use(session({ secret: "tests only", resave: false, saveUninitialized: false }));
app.use(passport.session());

app.get("/", (req, res) => {
  res.json(req.user ? { name: req.user.name, email: req.user.email } : null);
});

app.get("/login", passport.authenticate("openid"));
app.get("/callback", passport.authenticate("openid", { successRedirect: "/" }));

app.get("/refresh", async (req, res) => {
  const { access_token, refresh_token } = req.user.tokens;
  const tokens = await client.refreshTokenGrant(config, refresh_token);
  if (tokens.access_token === access_token) throw new Error("not refreshed");
  res.json({ sub: (await client.fetchUserInfo(config, tokens.access_token, req.user.sub)).sub });
});

app.get("/logout", (req, res, next) => {
  const { href } = client.buildEndSessionUrl(config, {
    id_token_hint: req.user.tokens.id_token,
    post_logout_redirect_uri: `${ORIGIN}/`,
  });
  req.logout((error) => (error ? next(error) : res.redirect(href)));
});

app.use((error, req, res, next) => res.status(500).json({ error: error.error ?? error.message }));
app.listen(PORT, "127.0.0.1");
