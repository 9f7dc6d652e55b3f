"""A history of thirty nights, made in seconds: `python -m tests.thirty_nights HOME`.

To look at the pages with, as an operator does at 08:00. Nothing is run; the folders are written by the recorder that
writes those of real runs, and rows that are wrong fail with the words of the real function.
"""
