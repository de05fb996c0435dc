/* SPDX-License-Identifier: Apache-2.0 */
#include "turns.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"

static bool on;
static struct qemu_plugin_register *ttbr;
static GByteArray *ttbr_value;
static uint64_t ttbrs[PATHS_CPUS + 1]; /* of each CPU, and the one before their MMU is on */
static size_t turn;

/** Finds the register by which CPUs are told apart; it is the same for all. */
static void register_find(qemu_plugin_id_t id, unsigned vcpu)
{
    GArray *registers = qemu_plugin_get_registers();
    qemu_plugin_reg_descriptor *known = &g_array_index(registers, qemu_plugin_reg_descriptor, 0);

    (void)id;
    (void)vcpu;
    for (guint i = 0; i < registers->len; i++) {
        if (strcmp(known[i].name, "TTBR0_EL2") == 0) {
            ttbr = known[i].handle;
        }
    }
    g_array_free(registers, TRUE);
    if (ttbr == NULL) {
        fprintf(stderr, "paths: QEMU knows no register TTBR0_EL2\n");
        exit(1);
    }
}

void turns_start(qemu_plugin_id_t id)
{
    on = true;
    ttbr_value = g_byte_array_new();
    memset(ttbrs, 0xff, sizeof(ttbrs));
    qemu_plugin_register_vcpu_init_cb(id, register_find);
}

bool turns_on(void)
{
    return on;
}

void turn_find(void)
{
    uint64_t value = 0;
    size_t cpu = 0;

    g_byte_array_set_size(ttbr_value, 0);
    if (qemu_plugin_read_register(ttbr, ttbr_value) == (int)sizeof(value)) {
        memcpy(&value, ttbr_value->data, sizeof(value));
    }
    while (cpu < PATHS_CPUS && ttbrs[cpu] != value && ttbrs[cpu] != UINT64_MAX) {
        cpu++;
    }
    ttbrs[cpu] = value;
    turn = cpu;
}

size_t turn_of(unsigned vcpu)
{
    return on ? turn : vcpu;
}
