"""Addresses that are signed without a call."""

import itertools
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalicelib.foundation.aws import client, signed_url


def test_a_signed_address_is_the_one_that_botocore_makes(stack: dict[str, Any]) -> None:  # noqa: ARG001
    disposition = 'inline; filename="é + b.pdf"'
    params = {"Bucket": "b", "Key": "p/a b+é.pdf", "ResponseContentDisposition": disposition}
    for expires_s in itertools.count(900):  # two in one second, sooner or later
        theirs = client("s3").generate_presigned_url("get_object", Params=params, ExpiresIn=expires_s)
        ours = signed_url("b", "p/a b+é.pdf", expires_s=expires_s, content_disposition=disposition)
        if parse_qs(urlsplit(ours).query)["X-Amz-Date"] == parse_qs(urlsplit(theirs).query)["X-Amz-Date"]:
            break
    assert ours == theirs


def test_the_same_file_has_the_same_address_for_a_while(stack: dict[str, Any]) -> None:  # noqa: ARG001
    addresses = {signed_url("b", "same", expires_s=10**9) for _ in range(2)}
    assert len(addresses) == 1
    assert signed_url("b", "same", expires_s=10**9, content_type="video/mp4") not in addresses
