"""EventBridge: events of S3, rules with their patterns and transformers, and delivery to targets."""
