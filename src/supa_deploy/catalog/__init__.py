"""The catalog of a database: one query, its rows as values, and what two readings differ in."""
