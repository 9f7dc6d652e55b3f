"""EventBridge, as far as an upload needs it: S3's event, rules, input transformers, delivery."""
