"""What moto's process keeps on disk of S3, DynamoDB and SQS, so that a local cloud that is started again has it."""
