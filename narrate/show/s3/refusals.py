"""What object storage refuses, as sentences with exit codes; no key or token is ever part of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from narrate.model.errors import NarrateError, OutputRefused, PermissionRefused, StorageError

KEYS = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "AuthorizationHeaderMalformed")
NO_BUCKET = ("NoSuchBucket", "InvalidBucketName")
NOT_MET = 412  # a condition
BESIDE = 409  # another conditional write to the same key at this moment
ABSENT = 404
FORBIDDEN = (401, 403)


def told(error: BaseException) -> tuple[str, int]:
    """Return the code and HTTP status that a service answered with; empty and 0 where there was no answer."""
    answer: Any = getattr(error.__cause__, "response", None) or getattr(error, "response", None) or {}
    code = str(answer.get("Error", {}).get("Code", ""))
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code, int(status) if isinstance(status, int) else 0


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn what s3fs raises into sentences with exit codes.

    Raises:
        OutputRefused: There is no such bucket.
        PermissionRefused: No credentials, or none that are accepted here.
        StorageError: No connection, or any other failure.
    """
    try:
        yield
    except NarrateError:
        raise
    except Exception as error:  # those of botocore and aiohttp are of many families
        raise _explanation(url, error) from error


def _explanation(url: str, error: Exception) -> NarrateError:
    code, status = told(error)
    if code in NO_BUCKET or (isinstance(error, FileNotFoundError) and status == ABSENT):
        return OutputRefused(f"The bucket of '{url}' does not exist; create it first, or correct --out.")
    if code in KEYS:
        return PermissionRefused(f"'{url}' does not accept the credentials ({code}); correct the AWS_* variables.")
    if status in FORBIDDEN or isinstance(error, PermissionError):
        return PermissionRefused(f"The credentials may not do this at '{url}'; allow reading, writing and listing it.")
    kind = type(error).__name__
    if "Credentials" in kind or "Profile" in kind:
        return PermissionRefused(
            f"There are no credentials for '{url}'; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
        )
    if not status:
        return StorageError(f"'{url}' cannot be reached ({kind}); check the network and AWS_ENDPOINT_URL.")
    return StorageError(f"'{url}' failed ({code or kind}, status {status}); run the command again later.")
