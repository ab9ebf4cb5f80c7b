"""The server a demo runs against: real HTTP, a real GraphQL schema, on loopback."""
