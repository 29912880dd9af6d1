"""What every test stands on: an environment that is nobody's account, and no property that fails by the clock."""

import os

from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")

os.environ |= {
    "AWS_ACCESS_KEY_ID": "000000000000",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "STAGE": "test",
    "TABLE": "meanwhile-test",
    "UPLOADS_BUCKET": "meanwhile-test-uploads",
    "MEDIA_BUCKET": "meanwhile-test-media",
    "AUDIT_BUCKET": "meanwhile-test-audit",
    "SITE_ORIGIN": "http://site.test",
    "USER_POOL_ID": "set-by-the-fixture",
    "USER_POOL_CLIENT_ID": "set-by-the-fixture",
    "WORK_QUEUE_URL": "set-by-the-fixture",
    "DOCUMENTS_QUEUE_URL": "set-by-the-fixture",
    "UPLOADS_QUEUE_URL": "set-by-the-fixture",
    "UPLOADS_PARKED_URL": "set-by-the-fixture",
    "MAIL_FROM": "hello@practice.test",
    "POWERTOOLS_SERVICE_NAME": "meanwhile",
    "POWERTOOLS_LOG_DEDUPLICATION_DISABLED": "true",  # else it hides the log from pytest
}
