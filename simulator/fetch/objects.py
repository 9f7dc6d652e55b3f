"""The objects of a run: the file that was uploaded, the result files, and the rejection."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from simulator.fetch.errors import FetchError
from simulator.fetch.operator import told

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.fetch.deployment import Places
    from simulator.fetch.operator import Operator
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import SourceObject

_PIECE = 1 << 20


def fetch_input(operator: Operator, source: SourceObject, path: Path) -> str | None:
    """Write the very version of the file that the run was started for; one that is there already stays.

    Returns:
        None; or why it could not be had, in a sentence.

    Raises:
        OSError: the file cannot be written.
    """
    if path.is_file() or not source.bucket or not source.key:
        return None
    version = {"VersionId": source.version_id} if source.version_id else {}
    try:
        _fetch(operator, source.bucket, source.key, path, version)
    except FetchError as error:
        return f"input.csv could not be fetched from s3://{source.bucket}/{source.key}: {error}"
    return None


def fetch_results(operator: Operator, places: Places, map_run: str, folder: RunFolder) -> None:
    """Write the result files of a Map Run and of its redrives; those that are there already stay: they never change.

    Args:
        operator: the clients.
        places: where the definition writes them.
        map_run: the last part of the Map Run's ARN.
        folder: the run's.

    Raises:
        FetchError: S3 cannot be read.
        OSError: the folder cannot be written.
    """
    if not places.bucket:
        return
    prefix = f"{places.prefix}/{map_run}/" if places.prefix else f"{map_run}/"
    with told():
        pages = operator.s3.get_paginator("list_objects_v2").paginate(Bucket=places.bucket, Prefix=prefix)
        found = [one for page in pages for one in page.get("Contents", ())]
    # The manifest comes last: it says that an attempt's files are whole.
    for one in sorted(found, key=lambda one: (one["Key"].endswith("manifest.json"), one["Key"])):
        parts = one["Key"].removeprefix(prefix).split("/")
        if any(part in ("", ".", "..") or "\\" in part for part in parts):
            continue  # not one of the ResultWriter's
        path = folder.results.joinpath(map_run, *parts)
        if not path.is_file() or path.stat().st_size != one["Size"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            _fetch(operator, places.bucket, one["Key"], path, {})


def rejection(operator: Operator, bucket: str, run: str) -> str | None:
    """Return the validator's findings as JSON, from `rejected/<run>.json`; None if that is not there.

    Raises:
        FetchError: S3 cannot be read.
    """
    try:
        with told():
            body = operator.s3.get_object(Bucket=bucket, Key=f"rejected/{run}.json")["Body"].read()
    except FetchError as error:
        cause = error.__cause__
        if isinstance(cause, ClientError) and cause.response["Error"].get("Code") in ("NoSuchKey", "404"):
            return None
        raise
    try:
        errors = json.loads(body)["errors"]
    except (ValueError, KeyError, TypeError):
        return None
    return json.dumps(errors, ensure_ascii=False)


def _fetch(operator: Operator, bucket: str, key: str, path: Path, version: dict[str, Any]) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with told(), draft.open("wb") as file:
            body = operator.s3.get_object(Bucket=bucket, Key=key, **version)["Body"]
            for piece in body.iter_chunks(_PIECE):
                file.write(piece)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
