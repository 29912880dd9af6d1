"""What AWS or boto3 refuses, in a sentence that says what to do."""

import functools
from collections.abc import Callable

from botocore import exceptions as aws
from botocore.parsers import ResponseParserError

from infra.steps import Trouble

NO_CREDENTIALS = (
    "There are no AWS credentials here. Sign in (aws sso login, or aws configure), or set AWS_PROFILE, then do this "
    "again. docs/deploy/README.md begins at an empty account."
)
EXPIRED = "Your AWS credentials have expired. Sign in again (aws sso login), then do this again."
UNKNOWN = (
    "AWS does not know these credentials in this region. Check AWS_PROFILE and the access key, and whether the account "
    "has switched on the region of the stage's file."
)
NO_REGION = "The stage's file names no region of AWS's. For Frankfurt: region = \"eu-central-1\""
WORDS = {
    "ExpiredToken": EXPIRED,
    "ExpiredTokenException": EXPIRED,
    "RequestExpired": "This machine's clock is wrong, or the request took too long. Set the clock, then do this again.",
    "InvalidClientTokenId": UNKNOWN,
    "UnrecognizedClientException": UNKNOWN,
    "InvalidAccessKeyId": UNKNOWN,
    "SignatureDoesNotMatch": "The secret key does not belong to the access key. Check AWS_PROFILE or sign in again.",
    "AuthFailure": UNKNOWN,
}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AllAccessDisabled", "403"}
BY_KIND: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((aws.NoCredentialsError, aws.PartialCredentialsError, aws.CredentialRetrievalError), NO_CREDENTIALS),
    ((aws.SSOError, aws.TokenRetrievalError), EXPIRED),
    ((aws.ProfileNotFound,), "AWS_PROFILE names a profile that ~/.aws/config does not have."),
    ((aws.NoRegionError, aws.InvalidRegionError), NO_REGION),
    (
        (aws.ConnectionError, aws.HTTPClientError),
        "AWS cannot be reached from here. Check the network and the region's name, then do this again.",
    ),
)


def is_denied(error: aws.ClientError) -> bool:
    """Whether these credentials are known and just may not do this."""
    return error.response["Error"]["Code"] in DENIED


def sentence(error: aws.ClientError | aws.BotoCoreError) -> str:
    """What to tell a person of an error of botocore's."""
    if isinstance(error, aws.ClientError):
        return _refused(error)
    return next((words for kinds, words in BY_KIND if isinstance(error, kinds)), str(error))


def _refused(error: aws.ClientError) -> str:
    found = error.response["Error"]
    if is_denied(error):
        return (
            f"These credentials may not do {error.operation_name}. AWS says: {found.get('Message')}\n"
            "Use credentials that may administer the account, or have this right given to them."
        )
    known = f"AWS refuses {error.operation_name}: {found.get('Message') or found['Code']}"
    return WORDS.get(found["Code"], known)


def in_sentences[**P, T](command: Callable[P, T]) -> Callable[P, T]:
    """Let a function's refusals by AWS come out as Trouble."""

    @functools.wraps(command)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except (aws.ClientError, aws.BotoCoreError) as error:
            raise Trouble(sentence(error)) from error
        except ResponseParserError as error:
            raise Trouble("What answers at AWS_ENDPOINT_URL is not AWS, or does not know these credentials.") from error

    return asked
