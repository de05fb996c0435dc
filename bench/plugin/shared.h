/* SPDX-License-Identifier: Apache-2.0 */
/* What QEMU's plugins here share: how they take their arguments, and which instructions are the
 * hypervisor's.
 *
 * The hypervisor's code is what lies in one range of physical memory, whatever virtual address
 * it runs at. So neither a guest that uses the same virtual addresses nor the code that runs
 * before the MMU is on is taken for something else. */
#ifndef BENCH_PLUGIN_SHARED_H
#define BENCH_PLUGIN_SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ERET 0xd69f03e0U /* (Arm DDI 0487, C6.2 ERET) */

struct qemu_plugin_insn;

/** An argument NAME=VALUE of a plugin. @take takes the value, and tells whether it can be used. */
struct argument {
    const char *name;
    bool (*take)(const char *value);
};

/** Takes the arguments @argv that QEMU has for @plugin. False, and a message, if one is none of
 * @known or can't be used. */
bool arguments_take(const char *plugin, const struct argument *known, size_t known_count, int argc,
                    char **argv);

/** Reads numbers with colons between them: how many there are. 0 if there are more than @most, or
 * if @text is something else. */
size_t numbers_read(const char *text, uint64_t *numbers, size_t most);

/** The hypervisor's code lies at physical address @pa. */
void text_at(uint64_t pa, uint64_t size);

/** It lies where the machine's first instruction is that at @offset of it. */
void text_by_first(uint64_t offset, uint64_t size);

/** Where in the code @instruction lies; UINT64_MAX if it is not part of it. The first call is for
 * the machine's first instruction. */
uint64_t text_offset(const struct qemu_plugin_insn *instruction);

/** The four bytes of @instruction. */
uint32_t text_word(const struct qemu_plugin_insn *instruction);

#endif
