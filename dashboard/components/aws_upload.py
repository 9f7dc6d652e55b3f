"""The page Upload over a deployed stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components.polling import keep_fresh
from dashboard.deployed.options import ALLOW
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.records import standing
from simulator.fetch.errors import FetchError

if TYPE_CHECKING:
    from dashboard.deployed.stack import Deployment


def aws_upload(deployed: Deployment) -> None:
    """Take a file for the stack's input bucket, if that is allowed; else say how to upload one."""
    keep_fresh(lambda: standing(deployed.store))
    bucket = deployed.target.input_bucket or "BUCKET"
    if not deployed.options.allow_actions:
        st.info(tr(f"This dashboard only looks: it was started without `{ALLOW}`. To upload a file in a terminal:"))
        st.code(f"aws s3 cp FILE.csv s3://{bucket}/ --region {deployed.operator.region}", language=None)
        return
    st.caption(
        tr(f"The file is put into s3://{plain(bucket)}; that starts a run on AWS. It is converted to UTF-8 first.")
    )
    file = st.file_uploader(tr("CSV file"), type=["csv"], key="file")
    if st.button(tr("Upload to AWS"), type="primary", icon=":material/upload:", disabled=file is None) and file:
        from dashboard.deployed.actions import upload  # noqa: PLC0415 - boto3

        try:
            st.success(plain(tr(upload(deployed, file.name, file.getvalue())), 800))
        except (FetchError, OSError) as error:
            st.error(plain(error, 800), icon=":material/error:")
