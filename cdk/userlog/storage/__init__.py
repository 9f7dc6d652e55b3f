"""Storage of files and the audit trail: buckets, the DynamoDB table, the key that encrypts them."""
