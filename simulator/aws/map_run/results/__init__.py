"""The results of a Map Run: collected for the state's output, or exported to S3."""
