"""What the pages ask run folders and the database; no Streamlit in here."""
