"""One address for every AWS client, with the services of this process and the engine of S3 and DynamoDB behind it."""
