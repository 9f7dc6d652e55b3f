"""EventBridge on one machine: events of S3, rules with their patterns and targets, and delivery."""
