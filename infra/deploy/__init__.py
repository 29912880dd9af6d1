"""Meanwhile in an AWS account: plan, deploy, outputs, rollback, destroy, doctor, template. See docs/deploy/."""
