"""Counts the rows that failed in a run of batches, for the workflow: a failed batch is not a batch of failed rows."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from lambdas.user_log_reporter.result_files import read_result_files
from lambdas.user_log_reporter.row_outcomes import RowOutcomes

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def count_failed_rows(s3: S3Client, question: dict[str, Any]) -> dict[str, Any]:
    """Return how many rows of a Map Run failed, and whether they are more than is tolerated.

    Args:
        s3: the client.
        question: `bucket` and `manifest` of the Map Run's results, `rowCount`, `toleratedFailureCount` and
            `toleratedFailurePercentage`: the run fails when either is exceeded, strictly.

    Returns:
        `failed`, `exceeded`, and `cause`, a sentence for the error.

    Raises:
        ClientError: a result file cannot be read.
    """
    with tempfile.TemporaryFile() as spill:
        outcomes = RowOutcomes(cast("BinaryIO", spill), others_are_done=True)
        read_result_files(s3, question["bucket"], question["manifest"], outcomes)
        failed = outcomes.failures()
    rows, count, percentage = (
        question[name] for name in ("rowCount", "toleratedFailureCount", "toleratedFailurePercentage")
    )
    exceeded = failed > count or failed * 100 > Fraction(str(percentage)) * rows
    return {
        "failed": failed,
        "exceeded": exceeded,
        "cause": f"{failed:,} of {rows:,} rows failed; {percentage:g} % and {count:,} rows are tolerated.",
    }
