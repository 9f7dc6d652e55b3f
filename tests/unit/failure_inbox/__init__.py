"""The failure inbox: states of failed rows, the file of accepted rows, sending."""
