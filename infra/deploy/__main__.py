"""`python -m infra.deploy plan|deploy|outputs|rollback|destroy|doctor|template STAGE`: what `make` calls."""

import argparse
from pathlib import Path

from infra.advisories import warn_before_deploying
from infra.build import build, sizes
from infra.deploy.by_hand import write_by_hand
from infra.deploy.checks import check_place
from infra.deploy.deploying import deploy, plan, rollback
from infra.deploy.destroying import destroy
from infra.deploy.doctor import doctor
from infra.deploy.refusals import in_sentences
from infra.deploy.stages import Stage, read_stage
from infra.deploy.telling import tell_outputs
from infra.steps import run_command, said, step
from infra.web import build_web


@in_sentences
def main() -> int | None:
    """Do one command."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("plan", "deploy", "outputs", "rollback", "destroy", "doctor"):
        command = commands.add_parser(name)
        command.add_argument("stage")
        if name in {"deploy", "rollback", "destroy"}:
            command.add_argument("--yes", action="store_true", help="do not ask")
    commands.choices["rollback"].add_argument("--build", default="", help="the stamp of the build to go back to")
    commands.choices["destroy"].add_argument("--data", choices=["", "keep", "delete"], default="")
    commands.choices["destroy"].add_argument("--confirm", default="", help="the stack's name, typed")
    commands.add_parser("template")
    given = parser.parse_args()
    if given.command == "template":
        write_by_hand(build_web())
        return None
    stage = read_stage(given.stage)
    check_place(stage)
    match given.command:
        case "plan":
            plan(stage, _packaged(stage))
        case "deploy":
            deploy(stage, _packaged(stage), build_web(), yes=given.yes)
        case "rollback":
            rollback(stage, given.build, yes=given.yes)
        case "destroy":
            destroy(stage, yes=given.yes, data=given.data == "delete", confirm=given.confirm)
        case "outputs":
            tell_outputs(stage)
        case "doctor":
            return doctor(stage)
    return None


def _packaged(stage: Stage) -> Path:
    if not stage.account.endpoint:  # the embedded AWS is for trying, often without a line
        warn_before_deploying()
    with step("Packaging"):
        built = build(stage.target)
    said(sizes(built))
    return built


if __name__ == "__main__":
    run_command(main)
