"""The dashboard: its pages, and the data behind them."""
