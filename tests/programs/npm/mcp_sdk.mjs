// A client of the official MCP SDK for TypeScript, with the provider and the registration of its own example.
import express from "express";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { InMemoryOAuthClientProvider } from "@modelcontextprotocol/sdk/examples/client/simpleOAuthClientProvider.js";

const { SERVER_URL, ORIGIN, PORT } = process.env;

const registration = {
  client_name: "Simple OAuth MCP Client",
  redirect_uris: [`${ORIGIN}/callback`],
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "client_secret_post",
};
let provider, authorizationUrl, transport, client;

const connect = async () => {
  transport = new StreamableHTTPClientTransport(new URL(SERVER_URL), { authProvider: provider });
  client = new Client({ name: "simple-oauth-client", version: "1.0.0" }, { capabilities: {} });
  await client.connect(transport);
};

const app = express();

app.get("/login", async (req, res) => {
  provider = new InMemoryOAuthClientProvider(`${ORIGIN}/callback`, registration, (url) => {
    authorizationUrl = url;
  });
  try {
    await connect();
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    res.redirect(authorizationUrl);
  }
});

app.get("/callback", async (req, res) => {
  if (req.query.error) return res.status(400).json({ error: req.query.error });
  await transport.finishAuth(req.query.code);
  await connect();
  res.redirect("/");
});

app.get("/", async (req, res) => {
  const { tools } = await client.listTools();
  const { structuredContent } = await client.callTool({ name: "list_notes" });
  res.json({ tools: tools.map((tool) => tool.name), notes: structuredContent.result });
});

app.get("/refresh", async (req, res) => {
  const expired = { ...provider.tokens(), access_token: "expired" };
  provider.saveTokens(expired);
  const { structuredContent } = await client.callTool({ name: "list_notes" });
  const { refresh_token } = provider.tokens();
  res.json({ rotated: refresh_token !== expired.refresh_token, notes: structuredContent.result });
});

app.listen(PORT, "127.0.0.1");
