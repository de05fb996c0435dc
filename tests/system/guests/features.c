/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Uses at EL1 what the feature registers promise (features/probes.S). A line for each field that
 * promises something:
 *
 *     features: NAME: ok
 *     features: NAME: FAILED, exception class N
 *     features: done
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kit/exception.h"
#include "kit/sysreg.h"

#define CPACR_ALL UINT64_C(0x330000) /* FPEN, ZEN */
#define ABSENT    0xfU               /* the value for "none" in signed fields */

struct probe {
    const char *name;
    void (*code)(void *memory, uint64_t x1, uint64_t x2, uint64_t x3);
    uint32_t number, shift, least, unused;
};

extern const struct probe probes[];

static uint8_t memory[64] __attribute__((aligned(64)));
static volatile unsigned exceptions;
static volatile unsigned class;

static bool handle(struct exception_frame *frame)
{
    exceptions++;
    class = EXCEPTION_CLASS(frame->esr);
    frame->pc += 4;
    return true;
}

static uint64_t feature_register(uint32_t number)
{
#define CASE(crm, op2)                                                                             \
    case (crm)*8 + (op2):                                                                          \
        return SYSREG_READ(s3_0_c0_c##crm##_##op2)
    switch (number) {
        CASE(4, 0);
        CASE(4, 1);
        CASE(4, 4);
        CASE(5, 0);
        CASE(6, 0);
        CASE(6, 1);
        CASE(6, 2);
        CASE(7, 1);
        CASE(7, 2);
    default:
        return 0;
    }
}

int main(void)
{
    exception_set_handler(handle);
    SYSREG_WRITE(cpacr_el1, SYSREG_READ(cpacr_el1) | CPACR_ALL);
    __asm__ volatile("isb");
    for (const struct probe *probe = probes; probe->name != NULL; probe++) {
        uint64_t field = feature_register(probe->number) >> probe->shift & 0xf;

        if (field < probe->least || field == ABSENT) {
            continue;
        }
        exceptions = 0;
        probe->code(memory, 0, 0, 0);
        if (exceptions == 0) {
            printf("features: %s: ok\n", probe->name);
        } else {
            printf("features: %s: FAILED, exception class %#x\n", probe->name, class);
        }
    }
    printf("features: done\n");
    return 0;
}
