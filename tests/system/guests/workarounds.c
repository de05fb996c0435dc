/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks for the workarounds for speculation by both conduits, and calls them.
 *
 *     workarounds: hvc|smc features A B C     what SMCCC_ARCH_FEATURES says of WORKAROUND_1, 2, 3
 *     workarounds: hvc|smc calls A B C        what the last call of each returned
 *     workarounds: exits N                    until now; one more turns the VM off
 */
#include <inttypes.h>
#include <stdio.h>

#include "kit/hypercall.h"
#include "kit/smccc.h"

#define ARCH_FEATURES UINT64_C(0x80000001)
#define CALLS         10U

typedef struct smccc_result conduit(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3);

static const uint64_t functions[] = {0x80008000, 0x80007fff, 0x80003fff};

static void ask(const char *name, conduit *call)
{
    int64_t results[3];

    for (unsigned i = 0; i < 3; i++) {
        results[i] = (int64_t)call(ARCH_FEATURES, functions[i], 0, 0).x0;
    }
    printf("workarounds: %s features %" PRId64 " %" PRId64 " %" PRId64 "\n", name, results[0],
           results[1], results[2]);
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned j = 0; j < CALLS; j++) {
            results[i] = (int64_t)call(functions[i], 0, 0, 0).x0;
        }
    }
    printf("workarounds: %s calls %" PRId64 " %" PRId64 " %" PRId64 "\n", name, results[0],
           results[1], results[2]);
}

int main(void)
{
    ask("hvc", smccc_hvc);
    ask("smc", smccc_smc);
    printf("workarounds: exits %" PRId64 "\n", hypercall(HC_EXIT_COUNT, 0, 0, 0));
    return 0;
}
