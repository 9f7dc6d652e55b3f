"""Keeps moto's state of S3, DynamoDB and SQS on disk, so that a local cloud that is started again has it."""
