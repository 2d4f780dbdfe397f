// Express with Passport and passport-openidconnect, as its documentation has it.
import express from "express";
import session from "express-session";
import passport from "passport";
import OpenIDConnectStrategy from "passport-openidconnect";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, PORT } = process.env;

passport.use(
  new OpenIDConnectStrategy(
    {
      issuer: ISSUER,
      authorizationURL: `${ISSUER}/authorize/`,
      tokenURL: `${ISSUER}/token/`,
      userInfoURL: `${ISSUER}/userinfo/`,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: `${ORIGIN}/cb`,
      scope: ["profile", "email"],
    },
    (issuer, profile, context, idToken, done) => done(null, { profile, idToken }),
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
app.use(session({ secret: "tests only", resave: false, saveUninitialized: false }));
app.use(passport.session());

app.get("/", (req, res) => {
  const profile = req.user?.profile;
  res.json(profile ? { name: profile.displayName, email: profile.emails[0].value } : null);
});

app.get("/login", passport.authenticate("openidconnect"));
app.get(
  "/cb",
  passport.authenticate("openidconnect", { failureRedirect: "/refused", failureMessage: true }),
  (req, res) => res.redirect("/"),
);
app.get("/refused", (req, res) => res.status(400).json(req.session.messages));

app.get("/logout", (req, res, next) => {
  const query = new URLSearchParams({
    id_token_hint: req.user.idToken,
    post_logout_redirect_uri: `${ORIGIN}/`,
  });
  req.logout((error) => (error ? next(error) : res.redirect(`${ISSUER}/logout/?${query}`)));
});

app.listen(PORT, "127.0.0.1");
