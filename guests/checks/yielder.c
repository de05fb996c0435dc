/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that gives up its turn again and again, for ever. Prints "yielder: start" first.
 */
#include <stdio.h>

#include "kit/hypercall.h"

int main(void)
{
    printf("yielder: start\n");
    for (;;) {
        hypercall(HC_YIELD, 0, 0, 0);
    }
}
