"""YAML and JSON as kubectl reads them.

kubectl's reader is YAML 1.1 with differences, and PyYAML is YAML 1.1 with others: here ``18:00`` and ``2026-12-24`` stay
strings, ``1e3`` is a number, ``y`` and ``n`` are booleans, and keys are strings. A key that is given twice is a mistake;
kubectl would quietly take the last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterable
from itertools import chain
from typing import Any

import yaml
from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from sundown.errors import SundownError

_TAG = "tag:yaml.org,2002:"
_TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
_FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[1-9][0-9_]*|0)", re.ASCII)
_NUMBER = re.compile(r"[-+]?(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_FREE, _MOST_REPEATED = 10_000, 10
"""So many values a document may stand for by aliases, and so many times what is written in it."""
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class Unreadable(SundownError):
    """A file that is not there, or not YAML."""

    reason = "Unreadable"


def read_all(text: bytes) -> list[Any]:
    """The documents of a file, without empty ones.

    Raises:
        Unreadable: with the line where there is one.
    """
    try:
        documents = _json(text) if text.lstrip()[:1] == b"{" else None
        if documents is None:
            documents = list(yaml.load_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise Unreadable(f"{where}{error.problem or error.context or 'not YAML'}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(" ".join(str(error).split())) from error
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error
    return [document for document in documents if document is not None]


def _json(text: bytes) -> list[Any] | None:
    """Documents of JSON one after the other; None where it is something else that begins like it."""
    decoder = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant)
    found, rest = [], text.decode().strip()
    while rest:
        try:
            document, end = decoder.raw_decode(rest)
        except json.JSONDecodeError:
            return None
        found.append(document)
        rest = rest[end:].strip()
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Unreadable(f'the key "{key}" is given twice')
        found[key] = value
    return found


def _constant(name: str) -> float:
    raise Unreadable(f"{name} is not a number")


def _weight(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node stands for with every alias written out; ``known`` are those that were counted, by identity."""
    if id(node) not in known:
        known[id(node)] = 0  # of one that holds itself the reader says so
        children: Iterable[yaml.Node] = ()
        if isinstance(node, MappingNode):
            children = chain.from_iterable(node.value)
        elif isinstance(node, SequenceNode):
            children = node.value
        known[id(node)] = 1 + sum(_weight(child, known) for child in children)
    return known[id(node)]


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own registry

    def construct_document(self, node: yaml.Node) -> Any:
        known: dict[int, int] = {}
        if _weight(node, known) > _FREE + _MOST_REPEATED * len(known):
            problem = "its aliases repeat so much that it would grow without end; write out what is meant"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return super().construct_document(node)

    def construct_object_map(self, node: MappingNode) -> dict[str, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.tag == f"{_TAG}merge":
                continue
            key = self._key(key_node)
            if key in seen:
                problem = f'the key "{key}" is given twice'
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        self.flatten_mapping(node)
        return {self._key(key): self.construct_object(value, deep=True) for key, value in node.value}

    def _key(self, node: yaml.Node) -> str:
        key = self.construct_object(node, deep=True)
        if key is None or not isinstance(key, Hashable):
            raise yaml.constructor.ConstructorError(None, None, "a key has to be a string", node.start_mark)
        return str(key).lower() if isinstance(key, bool) else str(key)

    def construct_list(self, node: SequenceNode) -> list[Any]:
        # Not a generator as in PyYAML: so a list that holds itself is refused.
        return [self.construct_object(child, deep=True) for child in node.value]

    def construct_text(self, node: ScalarNode) -> str:
        return str(self.construct_scalar(node))

    def construct_tagged(self, _suffix: str, node: ScalarNode | SequenceNode | MappingNode) -> Any:
        """What carries a tag of somebody else's, CloudFormation's ``!Ref`` say, for what it is without."""
        if isinstance(node, MappingNode):
            return self.construct_object_map(node)
        return self.construct_list(node) if isinstance(node, SequenceNode) else self.construct_scalar(node)

    def construct_boolean(self, node: ScalarNode) -> bool:
        return self.construct_scalar(node) in _TRUE

    def construct_number(self, node: ScalarNode) -> int | float | str:
        written = str(self.construct_scalar(node))
        text = written.replace("_", "")
        if _INTEGER.fullmatch(text):
            digits = text.lstrip("+-")
            base = 8 if re.fullmatch(r"0[0-7]+", digits) else 0
            value = int(digits, base)
            return -value if text.startswith("-") else value
        if not _NUMBER.fullmatch(text):
            return written
        number = float(text)
        if number in {float("inf"), float("-inf")}:
            return written
        return int(number) if number.is_integer() else number

    def refuse_number(self, node: ScalarNode) -> float:
        problem = f"{self.construct_scalar(node)} is not a number"
        raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\Z")


_Loader.add_implicit_resolver(f"{_TAG}bool", _whole("|".join(_TRUE + _FALSE)), list("yYtToOnNfF"))
_Loader.add_implicit_resolver(f"{_TAG}null", _whole("~|null|Null|NULL|"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver(f"{_TAG}merge", _whole("<<"), ["<"])
_Loader.add_implicit_resolver(f"{_TAG}nan", _whole(_NO_NUMBER.pattern), list("+-."))
_Loader.add_implicit_resolver(f"{_TAG}int", _whole(f"{_INTEGER.pattern}|{_NUMBER.pattern}"), list("+-.0123456789"))
_Loader.add_multi_constructor("!", _Loader.construct_tagged)
_Loader.add_constructor(f"{_TAG}map", _Loader.construct_object_map)
_Loader.add_constructor(f"{_TAG}seq", _Loader.construct_list)
_Loader.add_constructor(f"{_TAG}bool", _Loader.construct_boolean)
_Loader.add_constructor(f"{_TAG}int", _Loader.construct_number)
_Loader.add_constructor(f"{_TAG}float", _Loader.construct_number)
_Loader.add_constructor(f"{_TAG}nan", _Loader.refuse_number)
_Loader.add_constructor(f"{_TAG}timestamp", _Loader.construct_text)
