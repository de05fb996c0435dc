/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says where it finds itself:
 *
 *     where: at 0xA linked for 0xL entry E
 *     where: x0 0xX is a device tree               or: is none
 *     where: 0x0000000040000000 is a device tree   or: is none; only in programs that look there
 */
#include "bare.h"

#define FDT_MAGIC_BYTES 0xedfe0dd0U /* 0xd00dfeed, big endian */

static void say_tree(uint64_t address)
{
    put_hex(address);
    put_text(read32(address) == FDT_MAGIC_BYTES ? " is a device tree\r\n" : " is none\r\n");
}

void bare_main(uint64_t x0, uint64_t start, uint64_t entry)
{
    uint64_t linked;

    __asm__("ldr %0, =_start" : "=r"(linked));
    put_text("where: at ");
    put_hex(start);
    put_text(" linked for ");
    put_hex(linked);
    put_text(entry == 1 ? " entry 1\r\n" : " entry 2\r\n");
    put_text("where: x0 ");
    say_tree(x0);
#ifdef FIXED_TREE
    put_text("where: ");
    say_tree(FIXED_TREE);
#endif
}

void bare_interrupt(void)
{
}

void bare_exception(uint64_t esr)
{
    put_text("where: exception ");
    put_hex(esr);
    put_text("\r\n");
}
