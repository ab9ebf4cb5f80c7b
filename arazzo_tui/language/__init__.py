"""The ground: text in, JSON out. Runtime expressions, conditions, queries. Knows no documents."""
