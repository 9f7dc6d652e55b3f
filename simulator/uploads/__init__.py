"""Files before they are uploaded: their encoding, and the users that they name."""
