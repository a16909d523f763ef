"""Support pods as the frontdesk knows them: whose end is near, and that their owners are told so once."""
