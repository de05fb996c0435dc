# SPDX-License-Identifier: Apache-2.0
"""What the engine costs: counted, bounded, compared, and shown. Each folder is a room:

    common        what several rooms use: reading the engine's ELF file, and what is kept of measurements
    counts        the numbers that have a budget (`make bench-counts`), and all that judges them
    exits         what paths through the hypervisor were seen to cost, in whatever is run under it
    bound         what they can cost at most, by the compiled code
    experiments   what papers have measured, done again (`make bench`)
    peers         the same on other hypervisors
    report        shows what all of them have found

tests/system/test_bench_rooms.py says which room may use which. plugin/ has what is loaded into QEMU, guests/ and systems/ what runs
there, counting/ what stands before QEMU in the PATH. budgets.yaml, exit_classes.yaml and peers.yaml are written by hand.
"""
