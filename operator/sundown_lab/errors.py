"""The lab's one way to say no: a text for the person who typed the command, and what they can do about it."""


class LabError(Exception):
    """Something the lab cannot do. `str(error)` is a sentence for people; `hint` says what to do next, or is empty."""

    def __init__(self, text: str, *, hint: str = "") -> None:
        super().__init__(text)
        self.hint = hint


class KubectlError(LabError):
    """`kubectl` ended with another code than 0; `code` and `stderr` are what it left."""

    def __init__(self, text: str, *, code: int, stderr: str) -> None:
        super().__init__(text)
        self.code = code
        self.stderr = stderr
