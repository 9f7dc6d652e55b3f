"""The Step Functions service, rule by rule."""
