/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What gdb debugs in a guest (session). Compiled without optimisation.
 */
#include <stdio.h>

static volatile int watched;

static __attribute__((noinline)) int work(int n)
{
    int sum = 0;

    for (int i = 1; i <= n; i++) {
        sum += i;
    }
    watched = sum;
    return sum;
}

int main(void)
{
    int first = work(10);
    int second = work(100);

    printf("debugged: %d %d\n", first, second);
    return 0;
}
