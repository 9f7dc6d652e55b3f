"""The pages over a deployed stack: `streamlit run dashboard -- --stack NAME`."""
