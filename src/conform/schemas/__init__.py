"""Facts become JSON Schemas, and the catalog says which release is held to which."""
