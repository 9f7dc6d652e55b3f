"""What people who look after the pipeline may do."""
