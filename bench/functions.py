# SPDX-License-Identifier: Apache-2.0
"""Which function an instruction of an ELF file belongs to."""

import subprocess


def inlined_functions(path, addresses):
    """Of each of @addresses the function there, with its file, and what it is inlined in, at most two: `inner (file) < outer`."""
    report = subprocess.run(["aarch64-linux-gnu-addr2line", "-a", "-f", "-i", "-s", "-e", path], check=True, text=True,
                            input="".join(f"{address:#x}\n" for address in addresses), stdout=subprocess.PIPE)
    lines = iter(report.stdout.splitlines())
    found, address = {}, None
    for line in lines:
        if line.startswith("0x"):
            address, found[int(line, 16)] = int(line, 16), []
        else:
            file = next(lines).split(":")[0]
            found[address].append(f"{line.split('.')[0]} ({file})" if not found[address] else line.split(".")[0])
    return {address: " < ".join(names[:3]) for address, names in found.items()}
