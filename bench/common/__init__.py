# SPDX-License-Identifier: Apache-2.0
"""What several rooms use: reading the engine's ELF file, and what is kept of measurements."""
