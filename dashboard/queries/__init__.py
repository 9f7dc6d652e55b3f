"""Queries of the pages to run folders and the database; no Streamlit in here."""
