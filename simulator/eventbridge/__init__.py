"""From an S3 upload to the targets of the rules it matches."""
