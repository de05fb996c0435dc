#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`make fuzz-guest`: see --help; docs/fuzzing.md. Ends with a line of how it was; the status is 1 if there was a finding."""
