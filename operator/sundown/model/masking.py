"""Secrets masked by pattern, in texts of others that are shown to people: lines of logs above all. Pure.

By pattern means: what is named a secret, what has the form of a known one, and what stands where a secret stands in a URL or a
header. It takes its time in proportion to the text, whatever the text is, and masking twice changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MASK = "***"

_NAMED = (
    r"(?:pass(?:word|wd|phrase|code)|pwd|secret|token|credentials?|api[_.-]?key|access[_.-]?key|private[_.-]?key"
    r"|secret[_.-]?key(?:[_.-]?base)?|account[_.-]?key|auth[_.-]?key|signing[_.-]?key|encryption[_.-]?key|session[_.-]?id|dsn|cookie"
    r"|authorization|signature|webhook[_.-]?url|connection[_.-]?string|(?<=[_.-])pass|\bpass(?==|\\?[\"']\s{0,3}(?:=>|[:=])\s{0,3}\\?[\"'])"
    r"|\b(?:user|db|admin|root|smtp|mail)pass|\bsig(?==))"
)
_KEY = rf"[\w.-]{{0,60}}?{_NAMED}(?:[_.-]?(?:value|hash|b64|base64|\d{{1,3}}))?"
"""A name that ends like that of a secret: ``DB_PASSWORD``, ``spring.datasource.password``; not ``password_file``, nor ``tokens``,
which are counted."""

_VALUE = (
    r'"(?:[^"\\\n]|\\.){1,4000}"?'
    r"|'(?:[^'\\\n]|\\.){1,4000}'?"
    r'|\\"[^"\\\n]{1,4000}(?:\\")?'
    r"|[^\s,;&|<>\"'(){}\[\]\\]{1,4000}"
)
_NOTHING = r"(?:null|none|nil|true|false|undefined|empty|unset|<[a-z ]{1,20}>|\*{3,})"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row: what is looked for, and what stands in its place. ``about`` says which secret that is."""

    about: str
    found: re.Pattern[str]
    shown: str = MASK


def _pattern(about: str, found: str, shown: str = MASK, *, flags: re.RegexFlag = re.IGNORECASE) -> Pattern:
    return Pattern(about, re.compile(found, flags), shown)


_EXACT = re.NOFLAG
_KIND_OF_KEY = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?"
_FIELD_OF_KEY = r"(?:Proc-Type|DEK-Info|Version|Comment): [^\r\n\\]{0,200}"
_GAP = r"(?:\s|\\[rn]){1,8}+"

PATTERNS: tuple[Pattern, ...] = (
    _pattern(
        "a private key, or as much of it as is there",
        rf"-----BEGIN {_KIND_OF_KEY}-----(?:{_GAP}(?:[A-Za-z0-9+/=]{{20,}}|{_FIELD_OF_KEY}))*+"
        rf"(?:{_GAP}[A-Za-z0-9+/=]{{1,19}}(?=(?:{_GAP})?-----END))?(?:(?:{_GAP})?-----END {_KIND_OF_KEY}-----)?",
        flags=_EXACT,
    ),
    _pattern(
        "the end of a private key that begins before the text",
        rf"^(?:[A-Za-z0-9+/=]{{1,80}}+{_GAP})?(?:[A-Za-z0-9+/=]{{40,80}}+{_GAP}){{0,64}}+(?:[A-Za-z0-9+/=]{{1,39}}+{_GAP})?"
        rf"-----END {_KIND_OF_KEY}-----",
        flags=re.MULTILINE,
    ),
    _pattern(
        "a header that says who somebody is",
        r"\b((?:proxy-)?authorization|x-[a-z-]{0,30}(?:token|key|secret|signature)|(?:set-)?cookie)"
        r"(\\?[\"']?:\s{0,3}\\?[\"']?)(?!\*{3}|\s)[^\"'\\\r\n]{1,4000}",
        rf"\1\2{MASK}",
    ),
    _pattern(
        "a scheme of such a header by itself",
        rf"\b(bearer|basic|digest|negotiate)(\s{{1,3}})(?!{_NOTHING})[A-Za-z0-9._~+/=-]{{8,4000}}",
        rf"\1\2{MASK}",
    ),
    _pattern(
        "the password in a URL", r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s:/@?#]{0,200}:)[^\s@/?#]{1,500}@", rf"\1{MASK}@"
    ),
    _pattern(
        "a token in a URL, in the place of a user",
        r"(\bhttps?://)(?=[^\s:/@?#]{0,300}\d)[\w.~%+-]{16,300}@",
        rf"\1{MASK}@",
    ),
    _pattern(
        "a login of a registry of images",
        r"(\\?\"auth\\?\"\s{0,3}:\s{0,3}\\?\")[A-Za-z0-9+/]{12,4000}={0,2}",
        rf"\1{MASK}",
    ),
    _pattern(
        "an incoming webhook",
        r"(https://(?:hooks\.slack(?:-gov)?\.com/[a-z]{1,20}|discord(?:app)?\.com/api/webhooks|[\w-]{1,60}\.webhook\.office\.com"
        r"/webhookb2)/)[\w/@%.-]{8,400}",
        rf"\1{MASK}",
    ),
    _pattern("a JSON Web Token", r"\beyJ[\w-]{5,4000}\.(?:[\w-]{2,6000})(?:\.[\w-]{0,2000})?", flags=_EXACT),
    _pattern("an access key of AWS", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b", flags=_EXACT),
    _pattern("a token of GitHub", r"\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255})", flags=_EXACT),
    _pattern("a token of GitLab", r"\bgl(?:pat|ptt|dt|rt|cbt|ft|soat|agent)-[\w.-]{16,300}", flags=_EXACT),
    _pattern("a token of Slack", r"\bx(?:ox[a-z]|app)-[\w-]{8,400}", flags=_EXACT),
    _pattern("a key of Google", r"\bAIza[\w-]{30,60}|\bya29\.[\w.-]{20,1000}", flags=_EXACT),
    _pattern("a key of Stripe", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,300}|\bwhsec_[\w+/=]{16,300}", flags=_EXACT),
    _pattern("a key of a model's provider", r"\bsk-[\w-]{16,300}", flags=_EXACT),
    _pattern(
        "a token of a registry of packages",
        r"\bnpm_[A-Za-z0-9]{30,80}|\bpypi-[\w-]{40,400}|\bdckr_pat_[\w-]{20,80}|\brubygems_[a-f0-9]{40,80}",
        flags=_EXACT,
    ),
    _pattern("a token of Hugging Face", r"\bhf_[A-Za-z0-9]{20,80}", flags=_EXACT),
    _pattern("a token of Shopify", r"\bshp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}\b", flags=_EXACT),
    _pattern("a token of a bot of Telegram", r"\b\d{8,10}:AA[\w-]{30,40}", flags=_EXACT),
    _pattern("a token of Vault", r"\b(?:hv[sbr]\.[\w-]{20,300})", flags=_EXACT),
    _pattern("a key of SendGrid", r"\bSG\.[\w-]{16,60}\.[\w-]{16,100}", flags=_EXACT),
    _pattern("a token of DigitalOcean", r"\bdo[opr]_v1_[a-f0-9]{40,100}", flags=_EXACT),
    _pattern("a key of age", r"\bAGE-SECRET-KEY-1[A-Z0-9]{30,100}", flags=_EXACT),
    _pattern(
        "a long run of base64, as keys and certificates have, no digest and no path",
        r"(?<![\w+/=.-])(?=[a-z0-9+/]{0,80}[A-Z])(?=[A-Z0-9+/]{0,80}[a-z])(?=[A-Za-z+/]{0,80}\d)[A-Za-z0-9+/]{64,}={0,2}(?![\w.-])",
        flags=_EXACT,
    ),
    _pattern("a password in SQL", r"\b(identified\s{1,3}by|password)(\s{1,3})'[^'\n]{1,500}'", rf"\1\2'{MASK}'"),
    _pattern("a login of curl", r"(?<!\S)(-u|--user)(\s{1,3})([^\s:]{1,100}):\S{1,400}", rf"\1\2\3:{MASK}"),
    _pattern(
        "an option of a command line",
        rf"(?<!\S)(--?{_KEY})(\s{{1,3}})(?!-|{_NOTHING}(?![\w]))(?:{_VALUE})",
        rf"\1\2{MASK}",
    ),
    _pattern(
        "what is named a secret",
        rf"(?<![\w./-])({_KEY})(\\?[\"']?\s{{0,3}}(?::=|=>|[:=])\s{{0,3}})(?!{_NOTHING}(?![\w]))(?:{_VALUE})",
        rf"\1\2{MASK}",
    ),
)
"""In this order. A pattern more is a row; what it looks for has an end, so that no text makes it slow."""


def mask(text: str) -> str:
    """The text with what looks like a secret as ``***``."""
    for each in PATTERNS:
        text = each.found.sub(each.shown, text)
    return text
