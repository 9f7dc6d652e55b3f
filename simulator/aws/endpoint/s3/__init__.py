"""What the endpoint knows of S3: uploads, their encodings and forms, and its errors."""
