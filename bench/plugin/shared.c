/* SPDX-License-Identifier: Apache-2.0 */
#include "shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <qemu-plugin.h>

static uint64_t text_pa;
static uint64_t text_size;
static uint64_t first_offset;
static bool by_first;

/* RAM is one block of the host's memory, so one pair of addresses tells physical from host
 * addresses. The very first instruction runs with the MMU off: its virtual address is the
 * physical one. */
static uint64_t host_minus_physical;
static bool anchored;

static bool argument_take(const struct argument *known, size_t known_count, const char *text)
{
    size_t length = strcspn(text, "=");

    for (size_t i = 0; i < known_count && text[length] != '\0'; i++) {
        if (strlen(known[i].name) == length && strncmp(known[i].name, text, length) == 0) {
            return known[i].take(text + length + 1);
        }
    }
    return false;
}

bool arguments_take(const char *plugin, const struct argument *known, size_t known_count, int argc,
                    char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (!argument_take(known, known_count, argv[i])) {
            fprintf(stderr, "%s: %s can't be used\n", plugin, argv[i]);
            return false;
        }
    }
    return true;
}

size_t numbers_read(const char *text, uint64_t *numbers, size_t most)
{
    const char *rest = text;
    char *end;

    for (size_t count = 1; count <= most; count++) {
        numbers[count - 1] = strtoull(rest, &end, 0);
        if (end == rest || (*end != ':' && *end != '\0')) {
            return 0;
        }
        if (*end == '\0') {
            return count;
        }
        rest = end + 1;
    }
    return 0;
}

void text_at(uint64_t pa, uint64_t size)
{
    text_pa = pa;
    text_size = size;
}

void text_by_first(uint64_t offset, uint64_t size)
{
    first_offset = offset;
    text_size = size;
    by_first = true;
}

static void anchor(uint64_t host, uint64_t physical)
{
    anchored = true;
    host_minus_physical = host - physical;
    if (by_first) {
        text_pa = physical - first_offset;
    }
}

uint64_t text_offset(const struct qemu_plugin_insn *instruction)
{
    uint64_t host = (uint64_t)(uintptr_t)qemu_plugin_insn_haddr(instruction);

    if (host == 0) {
        return UINT64_MAX;
    }
    if (!anchored) {
        anchor(host, qemu_plugin_insn_vaddr(instruction));
    }
    uint64_t offset = host - host_minus_physical - text_pa;
    return offset < text_size ? offset : UINT64_MAX;
}

uint32_t text_word(const struct qemu_plugin_insn *instruction)
{
    uint32_t word = 0;

    qemu_plugin_insn_data(instruction, &word, sizeof(word));
    return word;
}
