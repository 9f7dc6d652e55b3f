"""The endpoint's part of S3: uploads, their encodings and forms, and its errors."""
