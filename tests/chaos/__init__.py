"""The pipeline under faults: every row once, whatever breaks."""
