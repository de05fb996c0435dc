# SPDX-License-Identifier: Apache-2.0
"""The device trees that Xen starts a system from, with no domain 0 ("dom0less"; Xen, docs/misc/arm/device-tree/booting.txt): the
board's own with a node for each domain, and a part for each domain that is given a device.
"""

import subprocess
from collections import namedtuple

# A file that the boot loader puts into memory: @kind is what Xen calls it after "multiboot,".
Module = namedtuple("Module", "kind path address size arguments")
# A domain as Xen's tree describes it. @cpus: how many it has; @modules: its kernel first; @uart: it has Xen's emulated UART.
Domain = namedtuple("Domain", "cpus memory_mb modules uart")

# A device of the board that a domain is given. @compatible: as it stands in a source; @spi: its interrupt, active high.
Device = namedtuple("Device", "path compatible address size spi")

# What Xen has in the trees that it makes for its domains (xen/include/public/arch-arm.h, GUEST_PHANDLE_GIC).
GUEST_GIC = 65000


def host_tree(board, domains, options, given=()):
    """Source of the tree for Xen.

    @board    source of the board's own tree
    @domains  a Domain each
    @options  Xen's command line
    @given    paths of the devices in @board that belong to domains
    """
    nodes = "".join(_domain(number, domain) for number, domain in enumerate(domains, start=1))
    owned = "".join(f"&{{{path}}} {{ xen,passthrough; }};\n" for path in given)
    return f"""{board}
&{{/chosen}} {{
    #address-cells = <2>;
    #size-cells = <2>;
    xen,xen-bootargs = "{options}";
{nodes}}};
{owned}"""


def device_tree_part(devices):
    """Source of the part of a domain's tree that gives it @devices (Device) of the board."""
    nodes = "".join(_device(device) for device in devices)
    return f"""/dts-v1/;
/ {{
    #address-cells = <2>;
    #size-cells = <2>;
    passthrough {{
        compatible = "simple-bus";
        ranges;
        #address-cells = <2>;
        #size-cells = <2>;
        interrupt-parent = <{GUEST_GIC}>;
{nodes}    }};
}};
"""


def compile_tree(source, output):
    """Writes the tree @source to the file @output, in the binary form."""
    _dtc(["-I", "dts", "-O", "dtb", "-o", str(output), "-"], source)


def decompile_tree(path):
    """The source of the tree in the file @path."""
    return _dtc(["-I", "dtb", "-O", "dts", str(path)], "")


def _domain(number, domain):
    uart = "        vpl011;\n" if domain.uart else ""
    modules = "".join(_module(module) for module in domain.modules)
    # With a unit address in its name, Xen 4.20 would not find the arguments of its kernel.
    return f"""    domain{number} {{
        compatible = "xen,domain";
        #address-cells = <2>;
        #size-cells = <2>;
        cpus = <{domain.cpus}>;
        memory = <{_cells(domain.memory_mb * 1024)}>;
{uart}{modules}    }};
"""


def _device(device):
    registers = f"{_cells(device.address)} {_cells(device.size)}"
    return f"""        {device.path.rsplit("/", 1)[1]} {{
            compatible = {device.compatible};
            reg = <{registers}>;
            interrupts = <0 {device.spi} 4>;
            xen,reg = <{registers} {_cells(device.address)}>;
            xen,path = "{device.path}";
            xen,force-assign-without-iommu;
        }};
"""


def _module(module):
    arguments = f'            bootargs = "{module.arguments}";\n' if module.arguments else ""
    return f"""        module@{module.address:x} {{
            compatible = "multiboot,{module.kind}", "multiboot,module";
            reg = <{_cells(module.address)} {_cells(module.size)}>;
{arguments}        }};
"""


def _cells(number):
    """@number as two cells."""
    return f"{number >> 32:#x} {number & 0xffffffff:#x}"


def _dtc(arguments, text):
    done = subprocess.run(["dtc", "-q", *arguments], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ValueError(f"dtc {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
