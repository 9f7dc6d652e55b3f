"""`presign`: a URL for one upload, signed here and without a call of AWS."""

from __future__ import annotations

import json
import os
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner, Result

from simulator.cli.app import application

BUCKET = "user-log-input-123456789012-ap-northeast-1"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials of nobody, and no other variable of AWS."""
    for variable in [name for name in os.environ if name.startswith(("AWS_", "SSL"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def presign(*words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(application(), ["presign", *words])


def test_the_url_is_for_one_key_of_the_bucket_and_ends() -> None:
    """At AWS itself, whatever endpoint the shell names."""
    done = presign("in/a b.csv", "--bucket", BUCKET, "--hours", "2", "--json")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert (answer["method"], answer["hours"]) == ("PUT", 2)
    parts = urlsplit(answer["url"])
    assert (parts.scheme, parts.path) == ("https", "/in/a%20b.csv")
    assert parts.netloc == f"{BUCKET}.s3.ap-northeast-1.amazonaws.com"
    query = parse_qs(parts.query)
    assert query["X-Amz-Expires"] == ["7200"]
    assert query["X-Amz-Credential"][0].endswith("/ap-northeast-1/s3/aws4_request")
    assert query["X-Amz-SignedHeaders"] == ["host"]


def test_stdout_is_the_url_alone() -> None:
    """So that a script can take it; how to use it goes to stderr."""
    done = presign("a.csv", "--bucket", BUCKET)
    assert done.exit_code == 0
    assert done.stdout.strip().startswith(f"https://{BUCKET}.s3.")
    assert len(done.stdout.splitlines()) == 1
    assert "curl --fail --upload-file FILE 'URL'" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("a.CSV", "--bucket", BUCKET), "does not end in .csv"),
        (("a.csv", "--bucket", "s3://x"), "is not a bucket's name"),
        ((f"{'あ' * 400}.csv", "--bucket", BUCKET), "at most 1024"),
        (("a.csv", "--bucket", BUCKET, "--hours", "0"), "--hours"),
        (("a.csv", "--bucket", BUCKET, "--hours", "169"), "--hours"),
        (("a.csv",), "--bucket"),
    ],
)
def test_what_cannot_be_signed_is_refused(words: tuple[str, ...], says: str) -> None:
    """With a sentence."""
    done = presign(*words)
    assert done.exit_code != 0
    assert says in (str(done.exception) if not done.stderr else done.stderr) + str(done.exception)
