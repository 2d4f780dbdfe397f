// What serves the single-page app: its one page, the library, and what the app is told of the provider.
import express from "express";

const root = import.meta.dirname;
const app = express();

app.use(express.static(`${root}/../node_modules/oidc-client-ts/dist/browser`));
app.get("/settings.json", (req, res) => {
  res.json({ issuer: process.env.ISSUER, clientId: process.env.CLIENT_ID });
});
app.get("/{*page}", (req, res) => res.sendFile(`${root}/oidc_client_ts.html`));
app.listen(process.env.PORT, "127.0.0.1");
