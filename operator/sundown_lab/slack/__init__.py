"""A Slack of one's own: as strict as the real one where apps get it wrong, and with a clock and faults for tests.

What the app sees is Slack: ``/api/<method>`` (the Web API), ``/socket/<ticket>`` (Socket Mode), ``/respond/<id>`` (a
response_url), ``/upload/<id>`` (files), and signed HTTP requests to wherever the app listens. What people and tests see is
the page at ``/`` and the control API, which this page describes. All of it is JSON; ids are Slack's (``U...``, ``C...``,
``D...``, ``V...``), ``ts`` is Slack's message id. Names are taken wherever an id is: ``ana@example.com`` or ``ana`` for a
user, ``#dev`` for a channel, ``@ana`` as a channel for the direct messages between the one who acts and the bot. A mistake in
a control request is answered with status 400 (404: no such path) and ``{"ok": false, "error": "a sentence"}``; it has
``"absent": true`` besides where the button or select that somebody wants to use is not shown, or not yet.

GET /control/state?as=U1 - what that user sees (without ``as``: everything, views and App Homes of nobody)::

    {"seq": 42,                       # the number of the last change
     "now": 1763899200.25,            # the simulator's clock, seconds since 1970
     "team": {"id": "T...", "name": "Sundown", "domain": "sundown"},
     "app": {"app_id": "A...", "bot_id": "B...", "bot_user": "U...", "name": "Sundown",
             "delivery": "socket" | "http", "connections": 1},
     "me": "U...",
     "users": [{"id", "name", "real_name", "email", "tz", "tz_label", "tz_offset", "is_bot", "home_opened": bool}],
     "usergroups": [{"id", "handle", "name", "users": ["U..."]}],
     "commands": [{"command": "/devenv", "description", "usage_hint"}],
     "channels": [{"id": "C...", "name": "dev", "kind": "channel" | "im", "is_private": false, "with": "U...",   # im: who else
                   "members": ["U..."], "unread": 0, "messages": [Message, ...]}],     # oldest first, without replies
     "views": [View, ...],            # the open modals, the one on top last
     "home": View | null}             # what the app published for this user
    Message = {"ts", "channel", "user", "username", "bot_id": str | null, "text", "blocks": [...], "attachments": [...],
               "metadata": {"event_type", "event_payload"} | null, "thread_ts": str | null, "replies": [Message, ...],
               "edited": bool, "ephemeral": bool, "reactions": [{"name", "users": [...], "count"}],
               "files": [{"id", "name", "title", "size", "url"}],
               "state": {block_id: {action_id: {...}}},   # what was chosen in its selects and inputs
               "error": str | null}   # what Slack shows at the message after a click failed ("operation_timeout")
    View = {"id", "type": "modal" | "home", "callback_id", "title", "submit", "close": str | null, "blocks": [...],
            "private_metadata", "hash", "root_view_id", "previous_view_id", "notify_on_close": bool, "clear_on_close": bool,
            "state": {"values": {block_id: {action_id: {...}}}},
            "errors": {block_id: "text"},   # from response_action "errors"
            "error": str | null}            # "operation_timeout" and its like, for the whole view

GET /control/changes - Server-sent events, one a change: ``id: 42`` and ``data: {"seq": 42, "kind": "message" | "view" | "home" |
"clock" | "traffic" | "faults" | "workspace" | "socket" | "reset", "channel": "C..." | null, "user": "U..." | null}``; the header
``Last-Event-ID`` is not needed: whoever missed something reads the state. GET /control/wait?since=42&timeout=10 answers
``{"seq": 43}`` as soon as there is a later change, or the same number after so many (real) seconds.

POST /control/do - somebody does something: ``{"as": "U1", "do": "click", ...}``::

    say         {channel, text, thread_ts?}                      a message; a mention of the bot makes an app_mention
    edit        {channel, ts, text}                              one's own message; where it mentions the bot, another app_mention
    command     {channel, command: "/devenv", text}
    click       {channel, ts, action_id | block_id, value?}      a button (a confirm dialog counts as answered with yes);
                {view_id, action_id | block_id, value?}          or one in a modal
    choose      {channel, ts | view_id, action_id | block_id, option}   a select, overflow, radio: the option's value or text; several
                for checkboxes and multi selects (a list); a date, time, user or channel for their pickers; the text of an input
    submit      {view_id, values: {block_id: value | {action_id: value}}}     value as ``option`` above
    close       {view_id}                                        notify_on_close sends view_closed
    react       {channel, ts, name}       unreact the same       name without colons
    open_home   {}                                               the tab "Home" of the app
    home_click  {action_id | block_id, value?}   home_choose {action_id | block_id, option}
    read        {channel}                                        nothing is unread there any more
    profile     {real_name?, email?, tz?}                        changes the own profile: user_change
    group       {handle: "platform", users: ["ana", ...]}        changes who is in it: subteam_members_changed
    create      {name, private?, bot?}                           a new channel: channel_created
    rename      {channel, name}    archive, unarchive, remove {channel}   channel_rename and so on, group_... of private ones
    invite      {channel}    kick {channel}                      takes the app in (member_joined_channel), puts it out
    deactivate  {on?: true}                                      ends the own account: user_change
    disable_group {handle, on?: true}                            subteam_updated
    close_conversation {}                                        the direct messages with the app are gone

    -> 200 {"ok": true, "acked": true, "took": 0.012, "error": null, "ts": "...", "trigger_id": "..."}

It answers when the app has acked what was sent to it (after 3 s at the latest: ``"acked": false, "error": "operation_timeout"``;
at once with ``"dispatch_failed"`` where nobody listens or HTTP was answered with an error). ``took`` is in seconds. Where nothing
is sent to the app (nobody mentioned it), ``acked`` is null. ``ts`` stands for ``say`` and ``edit`` only, ``view_errors`` for ``submit``.
POST /control/do?wait=false answers ``{"ok": true, "acked": null}`` at once; the traffic log has the rest.

POST /control/clock {"advance": seconds} and GET /control/clock -> ``{"now": 1763899200.25, "advanced": 0.0}``. The lifetimes of
trigger_id (3 s) and response_url (30 minutes), scheduled messages, retries and message ids go by this clock, which runs on by
itself; the 3 seconds for an ack and the timestamps of signatures are real time, because the app has no other.

POST /control/faults {"method": "chat.postMessage" | "*", "kind": "429" | "500" | "silence" | "error", "retry_after"?: 1,
"error"?: "fatal_error", "times"?: 1, "carried_out"?: false} - the next ``times`` calls (null: all). ``silence`` never answers; with
``carried_out`` the call has its effect and only the answer is lost. {"socket": "drop"} closes every
connection as a broken network does, "refresh" as Slack does when it asks for a new one (a ``disconnect`` envelope); "freeze" leaves those
that are there open but dead (nothing is sent, read or ponged; a new connection works), "mute" goes on answering pings but delivers to nobody,
new connections included; "thaw" ends both. {"respond": "500" | "404", "times"?: 1} for response_urls.
GET lists them as ``{"ok": true, "faults": [...], "socket": null | "freeze" | "mute"}``; DELETE clears all.

GET /control/traffic?since=N -> ``{"seq": M, "late": 0, "missed": 0, "calls": [Call, ...], "deliveries": [Delivery, ...]}``, those
numbered above N (``seq`` is the last number)::

    Call     = {"n", "at", "method", "args": {...}, "ok": bool, "error": str | null, "status": 200, "took": s}
    Delivery = {"n", "at", "kind": "slash_commands" | "interactive" | "events_api", "type": "block_actions" | "app_mention" | ...,
                "via": "socket" | "http", "retry": 0, "acked": bool | null, "took": s | null, "late": bool, "status": int | null,
                "error": str | null, "payload": {...}, "response": {...} | null}

``acked`` is null while an answer is awaited; a late ack is ``"acked": false, "late": true`` with the time it took.
``Call.method`` is ``respond`` for a response_url.

POST /control/delivery {"mode": "socket"} or {"mode": "http", "url": "http://127.0.0.1:3000/slack/events", "signing_secret"?: "...",
"verify"?: false} - with ``verify`` the URL first has to answer the url_verification challenge. GET answers what is set.

POST /control/workspace - replaces users, channels, usergroups, commands, events (see ``spec.WorkspaceSpec``; what is left out
keeps the default) and forgets all messages. POST /control/reset goes back to the workspace that the simulator was started with: no messages, views,
faults or traffic, the clock at the real time, delivery by socket. Connected apps stay connected after both.

POST /control/patience {"factor": 5} - until the next reset the app has so many times Slack's 3 s for acks and trigger_ids: for tests
that are not about speed, on slow machines.

GET /control/environment -> ``{"SLACK_API_URL": ..., "SLACK_BOT_TOKEN": ..., "SLACK_APP_TOKEN": ..., "SLACK_SIGNING_SECRET": ...}``.

Events go to the app only where ``events`` lists them, as the manifest of a real app does; by default what the manifest in
``deploy`` subscribes to. There are also ``message.channels``, ``message.im``, ``reaction_added``, ``reaction_removed``.
An app that does not ack what it has subscribed to gets it again, as from Slack.
"""
