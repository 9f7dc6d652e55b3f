"""The pages, each a script that Streamlit runs. A folder named `pages` would be an app of its own to Streamlit."""
