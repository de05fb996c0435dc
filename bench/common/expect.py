# SPDX-License-Identifier: Apache-2.0
"""What a measurement rests on."""


def expect(holds, message):
    """What is found is only worth something if what it counts has happened: an error with @message if not."""
    if not holds:
        raise ValueError(message)
