# SPDX-License-Identifier: Apache-2.0
"""What goes wrong where a bound can't be told."""


class BoundError(Exception):
    """One message or several, each a line: where, what is wrong, what to do."""

    def __init__(self, *messages):
        super().__init__("\n".join(messages))
        self.messages = messages
