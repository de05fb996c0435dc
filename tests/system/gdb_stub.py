# SPDX-License-Identifier: Apache-2.0
"""QEMU's gdb stub, for tests that decide which CPU goes on and which one waits (GDB manual, appendix E)."""

import socket
import subprocess
import time

import tried_board
from system_run import PATIENCE


def options(path):
    """Options of `nagaya run` with which the machine waits for us at the socket @path."""
    return ["--qemu-arg", "-S", "--qemu-arg", "-chardev", "--qemu-arg", f"socket,id=gdb,path={path},server=on,wait=off",
            "--qemu-arg", "-gdb", "--qemu-arg", "chardev:gdb"]


PC = 32  # of Stub.register


class Stub:
    """The machine, stopped; each of its CPUs is a thread, p1.1 the first one."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        end = time.monotonic() + PATIENCE
        while self.socket.connect_ex(str(path)) != 0:
            assert time.monotonic() < end, f"nobody listens at {path}"
            time.sleep(0.1)
        self.buffer = b""
        names = subprocess.run(["aarch64-linux-gnu-nm", tried_board.engine()], text=True, stdout=subprocess.PIPE, check=True).stdout
        self.symbols = {line.split()[2]: int(line.split()[0], 16) for line in names.splitlines() if len(line.split()) == 3}
        self.command("qSupported:multiprocess+;vContSupported+")

    def close(self):
        """Leaves the machine as it is."""
        self.socket.close()

    def _send(self, text):
        self.socket.sendall(b"$%s#%02x" % (text.encode(), sum(text.encode()) & 0xff))

    def _receive(self):
        """The next packet's content; acknowledged."""
        while True:
            start = self.buffer.find(b"$")
            end = self.buffer.find(b"#", start)
            if start >= 0 and end >= 0 and len(self.buffer) >= end + 3:
                packet = self.buffer[start + 1:end].decode()
                self.buffer = self.buffer[end + 3:]
                self.socket.sendall(b"+")
                return packet
            more = self.socket.recv(4096)
            assert more, "the stub has closed the connection"
            self.buffer += more

    def command(self, text):
        """Sends @text; the answer."""
        self._send(text)
        return self._receive()

    def resume(self, cpu=None):
        """Lets CPU @cpu go on alone, or all of them."""
        self._send("vCont;c" if cpu is None else f"vCont;c:p1.{cpu + 1}")

    def step(self, cpu):
        """Lets CPU @cpu execute one instruction."""
        self._send(f"vCont;s:p1.{cpu + 1}")

    def wait(self):
        """Waits until a breakpoint has stopped the machine; the CPU that has met it."""
        packet = self._receive()
        while not packet.startswith("T"):
            packet = self._receive()
        thread = [field for field in packet[3:].split(";") if field.startswith("thread:")][0]
        return int(thread.partition("p")[2].partition(".")[2], 16) - 1

    def break_at(self, place, also=True):
        """A breakpoint at symbol or address @place; with @also false, it is removed."""
        address = self.symbols[place] if isinstance(place, str) else place
        assert self.command(f"{'Z' if also else 'z'}1,{address:x},4") == "OK"

    def register(self, cpu, number):
        """The 64-bit register @number of @cpu: x0 to x30, SP, PC."""
        assert self.command(f"Hgp1.{cpu + 1:x}") == "OK"
        return int.from_bytes(bytes.fromhex(self.command(f"p{number:x}")), "little")

    def set_register(self, cpu, number, value):
        """The same register becomes @value."""
        assert self.command(f"Hgp1.{cpu + 1:x}") == "OK"
        assert self.command(f"P{number:x}={value.to_bytes(8, 'little').hex()}") == "OK"

    def write(self, cpu, address, content):
        """@content goes to @address as @cpu sees memory now."""
        assert self.command(f"Hgp1.{cpu + 1:x}") == "OK"
        assert self.command(f"M{address:x},{len(content):x}:{content.hex()}") == "OK"

    def interrupt(self):
        """Stops the machine, which runs."""
        self.socket.sendall(b"\x03")
        self.wait()

    def stop_at(self, place, cpu):
        """Lets the machine, which is stopped, run until CPU @cpu comes to @place; others that come there go on."""
        self.break_at(place)
        self.resume()
        while (met := self.wait()) != cpu:
            self.break_at(place, False)
            self._send(f"vCont;s:p1.{met + 1}")
            self.wait()
            self.break_at(place)
            self.resume()
        self.break_at(place, False)
