"""`sundown-lab aws`: EC2, RDS and DynamoDB on this machine."""

import signal
import threading

import click

from sundown_lab.aws.keys import environment

EXAMPLES = """\b
Examples:
  sundown-lab aws                                   # prints what to export
  sundown-lab aws --port 5005                       # always the same URL
  aws ec2 describe-instances                        # in another shell, after the exports; so does any boto3 program
  curl -d '{"seconds": 20}' $AWS_ENDPOINT_URL/_lab/delay       # stopping and starting take so long from now on
  curl -d '{"kind": "throttled", "service": "ec2", "times": 3}' $AWS_ENDPOINT_URL/_lab/faults
  curl $AWS_ENDPOINT_URL/_lab/traffic               # every call that came
"""


@click.command(epilog=EXAMPLES)
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 takes a free one.")
@click.option("--seconds", type=click.FloatRange(min=0), help="End by itself, so long after it has started.")
def aws(*, port: int, seconds: float | None) -> None:
    """Start an AWS simulator: EC2, RDS, DynamoDB, the tagging API and STS, for unmodified clients of AWS.

    moto answers; before it is a layer that refuses what AWS refuses, lets stopping and starting take time, and makes
    things go wrong on demand. It forgets everything when it ends. Ctrl-C or SIGTERM ends it.
    """
    from sundown_lab.aws.server import serving  # noqa: PLC0415  (moto is heavy, and --help is not to wait for it)

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with serving(port=port) as url:
        lines = [f"export {name}={value}" for name, value in environment(url).items()]
        click.echo("\n".join([f"AWS is at {url}", "For its clients:", *lines]))
        ended.wait(seconds)
