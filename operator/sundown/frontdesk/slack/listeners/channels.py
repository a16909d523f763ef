"""What Slack tells of channels, so that the one of a name is the right one at once and not minutes later."""

from __future__ import annotations

CHANNELS = frozenset(
    {
        "channel_archive",
        "channel_created",
        "channel_deleted",
        "channel_rename",
        "channel_unarchive",
        "group_archive",
        "group_deleted",
        "group_rename",
        "group_unarchive",
        "member_joined_channel",
    }
)
"""The events after which the channel that a schedule names may be another, or none. ``group_`` are private ones."""
