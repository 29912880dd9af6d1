"""outputs: where the stage is, and what is still to be done outside of AWS."""

from infra.deploy.checks import identity_of
from infra.deploy.stacks import outputs
from infra.deploy.stages import Stage


def tell_outputs(stage: Stage) -> None:
    """Print what the stack says of itself, and the records that the domains' DNS has to have."""
    found = outputs(stage.account, stage.stack)
    width = max(map(len, found))
    for name, value in sorted(found.items()):
        print(f"  {name:<{width}}  {value}")
    records = [*_mail_records(stage), *_site_records(stage, found)]
    if records:
        print("\n  Records for DNS:")
        for record in records:
            print(f"  {record}")


def _mail_records(stage: Stage) -> list[str]:
    domain = stage.settings.mail_domain
    identity = identity_of(stage.account, domain) or {}
    tokens = identity.get("DkimAttributes", {}).get("Tokens", ())
    signed = [f"{token}._domainkey.{domain}  CNAME  {token}.dkim.amazonses.com" for token in tokens]
    return [*signed, f'_dmarc.{domain}  TXT  "v=DMARC1; p=quarantine"'] if signed else []


def _site_records(stage: Stage, found: dict[str, str]) -> list[str]:
    if not stage.settings.domain:
        return []
    told = stage.account.client("cloudfront").get_distribution(Id=found["SiteId"])["Distribution"]
    return [f"{stage.settings.domain}  CNAME  {told['DomainName']}"]
