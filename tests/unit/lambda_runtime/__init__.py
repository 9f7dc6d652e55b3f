"""Tests of simulator/lambda_runtime with small handlers written to a temporary folder."""
