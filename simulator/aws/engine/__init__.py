"""The AWS engine, which plays S3, DynamoDB and SQS, in a process of its own, and the clients that talk to it."""
