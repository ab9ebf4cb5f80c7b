"""A second opinion on a request and an answer: is it GraphQL, and did GraphQL succeed? Pure."""
