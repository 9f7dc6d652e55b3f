"""moto in a process of its own, which plays S3, DynamoDB and SQS, and the clients that talk to it."""
