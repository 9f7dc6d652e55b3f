"""Reconciles what a run left behind: file, rows, results, audit items, failed rows and database."""
