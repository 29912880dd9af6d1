"""What the site and the API let a browser do, and how often anybody may ask the API."""

import json
from typing import Any

import pytest

from chalicelib.foundation.http import GUARDS
from infra.packages import CLOUD, LOCAL, Target
from infra.template import load, merge, resource_files
from infra.zips import ROOT


def headers(name: str, target: Target = CLOUD) -> dict[str, Any]:
    merged: Any = {}
    for path in resource_files(target):
        merged = merge(merged, load(path))
    return dict(merged["Resources"][name]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"])


@pytest.mark.parametrize("target", [CLOUD, LOCAL], ids=lambda target: target.name)
def test_the_site_runs_no_script_but_its_own_and_makes_markup_of_no_text(target: Target) -> None:
    policy = headers("SiteHeaders", target)["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"][0]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["base-uri"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert rules["trusted-types"] == "svelte-trusted-html"
    assert "unsafe" not in policy


def test_what_the_api_answers_is_never_a_page() -> None:
    given = headers("ApiHeaders")
    policy = given["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert policy == "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
    assert GUARDS["Content-Security-Policy"] == policy
    assert {"ContentTypeOptions", "FrameOptions", "ReferrerPolicy", "StrictTransportSecurity"} <= set(given)


def test_the_api_is_not_spoken_to_over_http_at_all(cloud: dict[str, Any]) -> None:
    (api,) = cloud["Resources"]["Site"]["Properties"]["DistributionConfig"]["CacheBehaviors"]
    assert (api["PathPattern"], api["ViewerProtocolPolicy"]) == ("/api/*", "https-only")


def test_a_site_was_and_stays_spoken_to_over_tls_for_two_years() -> None:
    for name in ("SiteHeaders", "ApiHeaders"):
        hsts = headers(name)["StrictTransportSecurity"]
        assert (hsts["AccessControlMaxAgeSec"], hsts["IncludeSubdomains"]) == (63_072_000, True)


def test_what_anybody_may_call_is_held_back_more_than_the_rest(cloud: dict[str, Any]) -> None:
    everything, *others = cloud["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    rates = {
        (one["ResourcePath"].replace("~1", "/").removeprefix("/"), one["HttpMethod"].lower()): one[
            "ThrottlingRateLimit"
        ]
        for one in others
    }
    paths = json.loads((ROOT / "web" / "openapi.json").read_text())["paths"]
    anybody = {
        (path, method) for path, methods in paths.items() for method, route in methods.items() if not route["security"]
    }
    assert anybody == set(rates)
    assert max(rates.values()) < everything["ThrottlingRateLimit"]


def test_no_log_of_a_request_says_who_asked_or_for_what_record(cloud: dict[str, Any]) -> None:
    api = cloud["Resources"]["RestAPI"]["Properties"]
    told = api["AccessLogSetting"]["Format"]
    assert json.loads(told)["route"] == "$context.resourcePath"
    assert not [word for word in ("sourceIp", "identity", "authorizer", "$context.path", "userAgent") if word in told]
    assert not any(one["DataTraceEnabled"] for one in api["MethodSettings"])
