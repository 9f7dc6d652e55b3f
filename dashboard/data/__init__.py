"""What the pages show, from the run folders and from PostgreSQL; nothing here knows of streamlit.

Functions about all runs take the `RunStore` (`store.default_store()`), those about one run its `RunFolder`
(`store.folder(name)`). A folder that vanishes while it is read is an empty run, never an error.
"""
