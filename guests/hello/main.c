/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest guest: says who it is and what it was given, and switches itself off. Lines, stable
 * for tests:
 *
 *     hello: I am NAME
 *     hello: cores N
 *     hello: counter N Hz
 *     hello: memory N KB
 *     hello: done
 */
#include <inttypes.h>
#include <stdio.h>

#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/timer.h"

int main(void)
{
    const struct info_page *info = hypercall_info();

    printf("hello: I am %s\n", info != NULL ? info->name : "a program on bare metal");
    printf("hello: cores %zu\n", machine()->cpu_count);
    printf("hello: counter %" PRIu64 " Hz\n", timer_frequency());
    printf("hello: memory %" PRIu64 " KB\n", machine_memory_size() >> 10);
    printf("hello: done\n");
    return 0;
}
