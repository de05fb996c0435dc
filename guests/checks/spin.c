/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that spins for ever with all exceptions masked. Prints "spin: start" first.
 */
#include <stdio.h>

int main(void)
{
    printf("spin: start\n");
    __asm__ volatile("msr daifset, #0xf" : : : "memory");
    for (;;)
        ;
}
