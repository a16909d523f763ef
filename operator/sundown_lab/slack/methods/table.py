"""All methods of the Web API that this simulator knows."""

from sundown_lab.slack.methods import chat, conversations, files, people, reactions, views
from sundown_lab.slack.methods.rows import Method

METHODS: dict[str, Method] = {
    row.name: row for family in (people, chat, conversations, reactions, views, files) for row in family.METHODS
}
