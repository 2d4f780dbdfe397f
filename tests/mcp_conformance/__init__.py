"""The MCP project's own conformance runner (`@modelcontextprotocol/conformance`) against an `MCPServer`."""
