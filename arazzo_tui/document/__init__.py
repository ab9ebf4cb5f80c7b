"""What is written: text with places, Arazzo and OpenAPI as frozen data, and their problems."""
