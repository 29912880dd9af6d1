"""plan, deploy and rollback: one build, held against what stands, shown, and then made to stand."""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from infra.aws_calls import invoke, upload_site
from infra.build import STAMP
from infra.deploy import cost, releases
from infra.deploy.artifacts import Artifacts
from infra.deploy.asking import ask
from infra.deploy.changes import Change, check_no_data_is_lost, summary
from infra.deploy.checks import can_mail, check_first, identity_of
from infra.deploy.conditions import switched_on
from infra.deploy.kept import RECORD, Kept, found_in, imports, keeps, only_kept
from infra.deploy.releases import Release
from infra.deploy.stacks import STILLBORN, Proposal, StackInAccount, check_can_change
from infra.deploy.stages import UNKNOWN_ORIGIN, Stage
from infra.forgotten import do_what_was_forgotten
from infra.steps import Trouble, said, step

FOUNDED = "founded"


@dataclass(frozen=True)
class Wanted:
    """What is to stand: a template in the artifacts bucket, and its parameters (None: as it was)."""

    template: Mapping[str, Any]
    key: str
    parameters: Mapping[str, str | None]


class Deployment:
    """One stage being deployed."""

    def __init__(self, stage: Stage) -> None:
        """Nothing is called yet."""
        self.stage = stage
        self.stack = StackInAccount(stage.account, stage.stack)
        self.artifacts = Artifacts(stage.account)

    def kept(self) -> list[Kept]:
        """What a former stack of this name has left in the account; nothing where one stands."""
        if self.stack.status() is not None:
            return []
        return msgspec.convert(self.artifacts.recall(self.stack.name, RECORD) or [], list[Kept])

    def remember_kept(self) -> list[Kept]:
        """Remember what would outlive the stack that stands; all that is remembered."""
        # A stack that never came to stand lists nothing; its events name what it made and left.
        told = self.stack.events() if self.stack.status() in STILLBORN else self.stack.resources()
        found = {one.name: one for one in found_in(told, keeps(self.stack.template()))}
        before = msgspec.convert(self.artifacts.recall(self.stack.name, RECORD) or [], list[Kept])
        kept = list(({one.name: one for one in before} | found).values())
        self.artifacts.remember(self.stack.name, RECORD, msgspec.to_builtins(kept))
        return kept

    @contextmanager
    def shown(self, wanted: Wanted) -> Iterator[Proposal | None]:
        """Show what would change. What was proposed is dropped afterwards, unless it was executed.

        Raise Trouble where data would be lost, and where CloudFormation refuses.
        """
        check_can_change(self.stack)
        stillborn, kept = self.stack.status() in STILLBORN, self.kept()
        with step("Asking CloudFormation what would change"):
            proposal = None if stillborn else self._import(wanted, kept) if kept else self._proposed(wanted)
        try:
            if stillborn:
                said("An earlier first deployment failed. What it left is cleared away, then everything is made anew.")
            if proposal is None and not stillborn:
                said("Nothing in the stack would change.")
            else:
                print(summary([*(proposal.changes if proposal else ()), *self._after(wanted, proposal)]), flush=True)
            if proposal:
                check_no_data_is_lost(proposal.changes, keeps(self.stack.template()))
            yield proposal
        finally:
            if proposal:
                self.stack.drop(proposal)

    def make_it_so(self, wanted: Wanted, proposal: Proposal | None) -> None:
        """Let it stand: what was shown, and what has to come before or after it."""
        if self.stack.status() in STILLBORN:
            with step("Clearing away what failed"):
                self.remember_kept()
                self.stack.delete()
            if kept := self.kept():
                proposal = self._import(wanted, kept)
        if proposal and any(change.action == "Import" for change in proposal.changes):
            with step("Taking back what was kept"):
                self.stack.execute(proposal)
            proposal = None
        proposal = proposal or self._proposed(wanted)
        if proposal:
            with step("Changing the stack"):
                check_no_data_is_lost(proposal.changes, keeps(self.stack.template()))
                self._execute(proposal)

    def publish(self, site: Path, template: Mapping[str, Any]) -> dict[str, str]:
        """Bring the pages to the site; what the stack says of itself."""
        found = self.stack.outputs()
        if self.stage.account.endpoint:
            do_what_was_forgotten(self.stage.account, template, found)
        with step("Publishing the site"):
            upload_site(self.stage.account, site, found["SiteBucket"])
            self.stage.account.client("cloudfront").create_invalidation(
                DistributionId=found["SiteId"],
                InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(time.time_ns())},
            )
        return found

    def _execute(self, proposal: Proposal) -> None:
        try:
            self.stack.execute(proposal)
        finally:  # also of a deployment that failed: what it keeps is there, and the next one takes it
            self.remember_kept()

    def _proposed(self, wanted: Wanted) -> Proposal | None:
        return self.stack.propose(self.artifacts.url(wanted.key), wanted.parameters)

    def _import(self, wanted: Wanted, kept: list[Kept]) -> Proposal | None:
        resources = _switched_on(wanted)
        known = [one for one in kept if one.name in resources]  # what is no longer asked for stays where it is
        alone = only_kept(wanted.template, [one.name for one in known])
        key = self.artifacts.upload("kept.json", json.dumps(alone, indent=1).encode())
        return self.stack.propose(self.artifacts.url(key), wanted.parameters, imports(known))

    def _after(self, wanted: Wanted, proposal: Proposal | None) -> list[Change]:
        """What is added after an import, or where everything is to be made anew."""
        if proposal and all(change.action != "Import" for change in proposal.changes):
            return []
        taken = {change.name for change in proposal.changes} if proposal else set()
        return [Change("Add", name, one["Type"]) for name, one in _switched_on(wanted).items() if name not in taken]


def plan(stage: Stage, built: Path) -> None:
    """Check, and show what deploying a build would change and cost; change nothing."""
    deployment = Deployment(stage)
    wanted = _wanted(deployment, built)
    with deployment.shown(wanted):
        _tell_costs(stage, wanted)
    said(f"Nothing was changed. To do it: make deploy STAGE={stage.name}")


def deploy(stage: Stage, built: Path, site: Path, *, yes: bool) -> None:
    """Check, show, ask, and make the stage this build with these pages; then invite its owner, once."""
    deployment = Deployment(stage)
    wanted = _wanted(deployment, built)
    with deployment.shown(wanted) as proposal:
        _tell_costs(stage, wanted)
        if not ask(f"Deploy this to {stage.stack}?", yes=yes):
            raise Trouble("Nothing was changed.")
        with step("Uploading the build"):
            deployment.artifacts.protect()
            deployment.artifacts.upload_code(built)
        deployment.make_it_so(wanted, proposal)
    found = _tell_where_it_is(deployment, wanted)
    found = deployment.publish(site, wanted.template) | found
    _remember_release(deployment, built, wanted, site)
    _invite(deployment, found)
    said(f"{stage.stack} stands at {found['SiteOrigin']}/")


def rollback(stage: Stage, stamp: str, *, yes: bool) -> None:
    """Bring back the build before this one, or the one whose stamp begins so: functions, rules and pages, not data."""
    deployment = Deployment(stage)
    if deployment.stack.status() is None:
        raise Trouble(f"{stage.stack} does not stand, so there is nothing to go back from.")
    known = releases.history(deployment.artifacts, stage.stack)
    release = known.of(stamp) if stamp else known.before()
    if release is None:
        had = ", ".join(f"{one.stamp} ({one.at:%Y-%m-%d})" for one in known.releases) or "none"
        raise Trouble(f"There is no such build to go back to. Known of {stage.stack}, oldest first: {had}.")
    said(f"Back to the build {release.stamp} of {release.at:%Y-%m-%d %H:%M} UTC")
    template = json.loads(deployment.artifacts.read(release.template) or b"{}")
    standing = dict.fromkeys(deployment.stack.parameters().keys() & template["Parameters"].keys())
    wanted = Wanted(template, release.template, {**standing, "Build": release.stamp})
    with deployment.shown(wanted) as proposal:
        if not ask(f"Roll {stage.stack} back to this? What practices keep stays as it is.", yes=yes):
            raise Trouble("Nothing was changed.")
        deployment.make_it_so(wanted, proposal)
    with tempfile.TemporaryDirectory() as folder:
        releases.unpack_site(deployment.artifacts, release.site, Path(folder))
        found = deployment.publish(Path(folder), template)
    releases.remember(deployment.artifacts, stage.stack, known.back_to(release))
    said(f"{stage.stack} is back at the build {release.stamp}: {found['SiteOrigin']}/")


def _wanted(deployment: Deployment, built: Path) -> Wanted:
    """Check the account for a build, and put its template where CloudFormation finds it."""
    stage, stack = deployment.stage, deployment.stack
    template = json.loads((built / "template.json").read_text())
    standing = stack.parameters()
    check_first(stage, template, standing)
    deployment.artifacts.make()
    key = deployment.artifacts.upload("template.json", deployment.artifacts.template(built))
    domain = standing.get("MailDomainIdentity") or (
        "use" if identity_of(stage.account, stage.settings.mail_domain) else "make"
    )
    parameters = {
        **stage.parameters(stack.outputs().get("SiteUrl")),
        "MailDomainIdentity": domain,
        "Build": (built / STAMP).read_text(),
    }
    return Wanted(template, key, parameters)


def _tell_costs(stage: Stage, wanted: Wanted) -> None:
    print(cost.told(cost.read_prices(), _switched_on(wanted), stage.settings.clients), flush=True)


def _switched_on(wanted: Wanted) -> dict[str, Any]:
    given = {name: value for name, value in wanted.parameters.items() if value is not None}
    return switched_on(wanted.template, given)


def _tell_where_it_is(deployment: Deployment, wanted: Wanted) -> dict[str, str]:
    """Let the stack know its site's address, which only CloudFront could give; what the stack says of itself."""
    found = deployment.stack.outputs()
    if wanted.parameters["SiteOrigin"] == UNKNOWN_ORIGIN:
        with step(f"Telling the stack that it is at {found['SiteUrl']}"):
            knowing = Wanted(wanted.template, wanted.key, {**wanted.parameters, "SiteOrigin": found["SiteUrl"]})
            deployment.make_it_so(knowing, None)
    return deployment.stack.outputs()


def _remember_release(deployment: Deployment, built: Path, wanted: Wanted, site: Path) -> None:
    name, artifacts = deployment.stack.name, deployment.artifacts
    release = Release((built / STAMP).read_text(), datetime.now(UTC), wanted.key, releases.keep_site(artifacts, site))
    releases.remember(artifacts, name, releases.history(artifacts, name).deployed(release))


def _invite(deployment: Deployment, found: Mapping[str, str]) -> None:
    """Found the practice and invite its owner, once, as soon as a mail to them would leave."""
    stage, artifacts = deployment.stage, deployment.artifacts
    owner = stage.settings.owner
    if owner is None or artifacts.recall(stage.stack, FOUNDED):
        return
    if not can_mail(stage.account, stage.settings, owner.email):
        said("The owner is not invited yet: mail to them would not leave (`make doctor` says why).")
        said(f"When it does: make deploy STAGE={stage.name}, once more.")
        return
    order = {
        "do": "found_practice",
        "key": stage.stack,
        "name": owner.practice,
        "time_zone": owner.time_zone,
        "currency": owner.currency,
        "owner_name": owner.name,
        "owner_email": owner.email,
    }
    with step("Inviting the owner"):
        founded = invoke(stage.account, found["OperateName"], order)
        artifacts.remember(stage.stack, FOUNDED, founded)
