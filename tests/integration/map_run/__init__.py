"""What a Map Run does to S3, against moto."""
