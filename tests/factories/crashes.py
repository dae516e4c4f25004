"""Kills: a process that stops before any one of its writes."""

from typing import Any

import pytest


class CrashError(BaseException):
    """Stands for a kill: nothing that is being tried may catch it."""


class Steps:
    """Counts the calls of functions (owner, name), and crashes before the ``crash``-th, if any."""

    def __init__(
        self, patch: pytest.MonkeyPatch, crash: int | None, *functions: tuple[Any, str]
    ) -> None:
        self.count, self.crash = 0, crash
        for owner, name in functions:
            patch.setattr(owner, name, self._counted(getattr(owner, name)))

    def _counted(self, function: Any) -> Any:
        def step(*arguments: Any, **named: Any) -> Any:
            self.count += 1
            if self.count == self.crash:
                raise CrashError
            return function(*arguments, **named)

        return step
