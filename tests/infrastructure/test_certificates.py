"""The certificates that the functions verify Aurora's by."""

from __future__ import annotations

import ssl
import time
from pathlib import Path

PEM = Path(__file__).resolve().parents[2] / "cdk" / "definitions" / "rds-ca.pem"
TEN_YEARS = 10 * 365 * 86_400


def test_they_are_the_regions_own_roots_and_last_for_years() -> None:
    """All three of ap-northeast-1, signed by themselves; the one of 2019 has expired and is not among them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # which writes no key log, whatever SSLKEYLOGFILE says
    context.load_verify_locations(PEM)
    found = context.get_ca_certs()
    names = {str(dict(part[0] for part in certificate["subject"])["commonName"]) for certificate in found}  # type: ignore[misc]
    assert names == {f"Amazon RDS ap-northeast-1 Root CA {kind} G1" for kind in ("RSA2048", "RSA4096", "ECC384")}
    for certificate in found:
        assert certificate["subject"] == certificate["issuer"]
        assert ssl.cert_time_to_seconds(str(certificate["notAfter"])) > time.time() + TEN_YEARS
