"""The names that stand for AWS on this machine: region, account, role, and credentials that open nothing."""

from __future__ import annotations

REGION = "us-east-1"
ACCOUNT = "111122223333"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/truthkit-execution"
# Dummy credentials: what handlers get, and what presigned URLs are signed with.
ACCESS_KEY = "AKIATRUTHKITHANDLERS"
SECRET_KEY = "truthkit"
