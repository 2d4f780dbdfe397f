// Express with Auth.js (@auth/express), as its documentation has it, and its guide on refreshing tokens.
import express from "express";
import { ExpressAuth, getSession } from "@auth/express";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, PORT } = process.env;

const refreshed = async (token) => {
  const answer = await fetch(`${ISSUER}/token/`, {
    method: "POST",
    body: new URLSearchParams({
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      grant_type: "refresh_token",
      refresh_token: token.refresh_token,
    }),
  });
  const tokens = await answer.json();
  if (!answer.ok) throw tokens;
  return { ...token, ...tokens, renewed: tokens.access_token !== token.access_token };
};

let expired = false;
const config = {
  secret: "tests only, and long enough to be one",
  providers: [
    {
      id: "provider",
      name: "the demo",
      type: "oidc",
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      checks: ["pkce", "state", "nonce"],
    },
  ],
  callbacks: {
    jwt: ({ token, account }) => {
      if (account) return { ...token, ...account };
      if (!expired) return token;
      expired = false;
      return refreshed(token);
    },
    session: ({ session, token }) => ({
      ...session,
      sub: token.renewed && token.sub,
      id_token: token.id_token,
    }),
  },
};

const app = express();
app.set("trust proxy", true);
app.use("/api/auth", ExpressAuth(config));

app.get("/", async (req, res) => {
  const session = await getSession(req, config);
  res.json(session && { name: session.user.name, email: session.user.email });
});

app.get("/refresh", (req, res) => {
  expired = true;
  res.redirect("/api/auth/session");
});

app.get("/logout", async (req, res) => {
  const { id_token } = await getSession(req, config);
  res.clearCookie("__Secure-authjs.session-token", { path: "/", secure: true });
  const query = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: `${ORIGIN}/` });
  res.redirect(`${ISSUER}/logout/?${query}`);
});

app.listen(PORT, "127.0.0.1");
