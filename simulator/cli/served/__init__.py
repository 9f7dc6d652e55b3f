"""Commands that the cloud which is up does for terminals elsewhere (`through_cloud` is the other end)."""
