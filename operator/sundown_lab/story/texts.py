"""What Slack shows, for a terminal."""

import html
import re


def plain(text: str) -> str:
    """Without emojis, mentions and marks; dates as they are written for old clients."""
    without = re.sub(r":[a-z_]+: ?|<@[^>]*> ?", "", text).replace("*", "").replace("`", "")
    return html.unescape(re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", without))
