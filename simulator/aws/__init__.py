"""AWS on one machine: Step Functions, Lambda, EventBridge, and moto for S3, DynamoDB and SQS. Knows no pipeline."""
