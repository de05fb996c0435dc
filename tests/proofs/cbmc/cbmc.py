# SPDX-License-Identifier: Apache-2.0
"""Runs CBMC on a proof: a C program beside this file that includes sources of the engine, for a machine that is assumed (hardware.h)."""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CHECKS = ["--bounds-check", "--pointer-check", "--signed-overflow-check", "--undefined-shift-check", "--div-by-zero-check",
          "--unwinding-assertions", "--slice-formula"]
# Rounds of loops, one more than they have: a loop that goes on is a failure.
LOOPS = ["--unwind", "17", "--unwindset", "hypercall_exit_count.0:73,recall.0:4,recall.1:4,activate.0:4,"
         "targets_write.0:4,targets_of.0:4,send_virtual.0:4,send_direct.0:4,access_sources.0:5,"
         "most_urgent.0:4,most_urgent.1:5,most_urgent.2:3,end_counted.0:1,lists_drain.0:4,lists_fill.0:4,lists_fill.1:4,lists_retire.0:5,"
         "lists_return.0:1"]
PORTS = {"v2": "arm64-gicv2", "v3": "arm64-gicv3"}  # by the version of the interrupt controller
PATIENCE = 90  # seconds, after which a proof has no result on this machine
LEAST = 10  # things that each proof proves, those of the language included
SECTION = re.compile(r'__attribute__\(\(section\("[^"]*"\)\)\)')
RANGE = re.compile(r"\[([^\[\]]*?)\s*\.\.\.\s*([^\[\]]*?)\]\s*=\s*([^,}]*)")


def fetch():
    """(command that runs CBMC, None), or (None, why there is none)."""
    fetched = subprocess.run([HERE / "fetch"], cwd=ROOT, text=True, stdout=subprocess.PIPE, check=False)
    if fetched.returncode == 3:
        return None, fetched.stdout.strip()
    assert fetched.returncode == 0
    return fetched.stdout.split(), None


def verify(command, folder, proof, defines=(), broken=None, finding=None):
    """What CBMC says of @proof ("NAME", or "VERSION/NAME" of another than the first port's), with @defines; subprocess.TimeoutExpired if nothing within PATIENCE. @broken: (file of the engine, what is there, what a broken engine has there). @finding: a pattern; only what it matches is to be proved."""
    source = _prepare(folder, proof, defines, broken)
    arguments = [*command, source, "--arch", "arm64", *LOOPS, *CHECKS]
    if finding is not None:
        listed = _run([*arguments, "--show-properties"])
        found = re.findall(r"^Property (\S+):\n  file .*\n  (.*)\n", listed, re.MULTILINE)
        arguments += [word for name, text in found if re.search(finding, text) for word in ("--property", name)]
    return _run(arguments)


def _run(arguments):
    return subprocess.run(arguments, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE).stdout


@cache
def _engine_rooms(version):
    """The folders that the engine's sources include from, as make has them, for the port with interrupt controller @version."""
    return subprocess.run(["make", "-s", "--no-print-directory", "engine-rooms", f"PORT={PORTS[version]}"], cwd=ROOT, check=True, text=True,
                          stdout=subprocess.PIPE).stdout.split()


def failures(said):
    """Of what CBMC has @said, what it refuted."""
    return "\n".join(line for line in said.splitlines() if "FAILURE" in line) or said[-2000:]


def _prepare(folder, proof, defines, broken):
    """One file: the proof with the sources that it includes, from a copy that may be broken."""
    version, name = proof.split("/") if "/" in proof else ("v3", proof)
    for part in ("abi", "hypervisor"):
        shutil.copytree(ROOT / part, folder / part)
    # The plan's arrays are objects of their own, so that an index beyond one is seen.
    _replace(folder / "hypervisor/plan_access.h", "return (const uint8_t *)&plan + array.offset;", "return system_array(array);")
    _replace(folder / "hypervisor/plan_access.h", "extern const struct plan plan;",
             "extern struct plan plan;\nconst void *system_array(struct plan_array array);\n"
             "const void *system_window(uint64_t pa, unsigned size);")
    # The window to guests' memory is an object, too.
    _replace(folder / "hypervisor/arch/arm64/guest_memory.c", "return (uint8_t *)(EL2_WINDOW + address.pa);",
             "return (uint8_t *)system_window(address.pa, 4);")
    # As many as the proofs' systems have (system.h): tables that are no longer make proofs quick.
    _replace(folder / "abi/plan.h", "#define PLAN_MAX_VCPUS     32U", "#define PLAN_MAX_VCPUS     4U")
    _replace(folder / "abi/plan.h", "#define PLAN_MAX_DOORBELLS 64U", "#define PLAN_MAX_DOORBELLS 4U")
    if "FEW_INTIDS" in defines:  # of proofs that are about private ones only
        _replace(folder / "abi/plan.h", "#define PLAN_MAX_INTIDS    1024U", "#define PLAN_MAX_INTIDS    128U")
        text = (folder / "abi/plan.h").read_text(encoding="utf-8")
        sizes = text.index("/* The same for every compiler. */")  # of the whole tables
        (folder / "abi/plan.h").write_text(text[:sizes] + "\n#endif\n", encoding="utf-8")
    _replace(folder / "hypervisor/arch/arm/gic/v3/interface.h", "#define GIC_POLLS 100000U", "#define GIC_POLLS 2U")
    _replace(folder / "hypervisor/vm.h", "#define VM_RESTORE_SLICE 1024U", "#define VM_RESTORE_SLICE 128U")
    if broken:
        _replace(folder / broken[0], *broken[1:])
    folders = [HERE / version, HERE, *(folder / part for part in (*_engine_rooms(version), "abi"))]
    source = next(each / f"{name}_proof.c" for each in folders if (each / f"{name}_proof.c").is_file())
    text = subprocess.run(["aarch64-linux-gnu-gcc", "-std=c17", "-E", "-P", "-ffreestanding", *[f"-I{each}" for each in folders],
                           *[f"-D{each}" for each in defines], "-include", HERE / "hardware.h", source],
                          text=True, check=True, stdout=subprocess.PIPE).stdout
    output = folder / f"{name}_proof.i"
    # CBMC takes an object with a section for another one than what is declared by its name without one.
    output.write_text(RANGE.sub(_without_range, SECTION.sub("", text)), encoding="utf-8")
    return output


def _replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path}: '{old}' is there {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def _without_range(match):
    """CBMC takes `[0 ... 3] = x` for `[0] = x`."""
    first, last = (_value(expression) for expression in match.group(1, 2))
    return ", ".join(f"[{number}] = {match[3]}" for number in range(first, last + 1))


def _value(expression):
    plain = re.sub(r"\b(0x[0-9a-fA-F]+|\d+)[UL]*", r"\1", expression).replace("/", "//")
    assert re.fullmatch(r"[0-9a-fA-Fx()/*+ -]+", plain), expression
    return eval(plain)  # numbers and operators, as just seen
