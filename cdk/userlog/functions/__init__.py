"""The Lambda functions: their package, roles and rights, and the migration at deploy."""
