"""A folder whose files are uploaded as they appear (`up --inbox`)."""
