/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's code as QEMU's plugins see it: what lies in one range of physical memory, whatever virtual address
 * it runs at. So neither a guest that uses the same virtual addresses nor the code that runs before the MMU is on is
 * taken for something else. */
#ifndef BENCH_PLUGIN_TEXT_H
#define BENCH_PLUGIN_TEXT_H

#include <stdint.h>

struct qemu_plugin_insn;

/** It lies at physical address @pa. */
void text_at(uint64_t pa, uint64_t size);

/** It lies where the machine's first instruction is that at @offset of it. */
void text_by_first(uint64_t offset, uint64_t size);

/** Where in the code @instruction lies; UINT64_MAX if it is not part of it. The first call is for the machine's first
 * instruction. */
uint64_t text_offset(const struct qemu_plugin_insn *instruction);

/** The four bytes of @instruction. */
uint32_t text_word(const struct qemu_plugin_insn *instruction);

#endif
