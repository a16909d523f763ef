"""Specs that the API server takes and this Sundown cannot read, as an upgrade or another's typing leaves them."""

from support.apiserver import Json

UNREADABLE: dict[str, Json] = {
    "a country that nobody knows": {"holidays": {"country": "XX"}},
    "a subdivision that was renamed": {"holidays": {"country": "DE", "subdivision": "Preussen"}},
    "a zone that was taken away": {"timeZone": "Mars/Olympus_Mons"},
}
