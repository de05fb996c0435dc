/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Linux that has just started computes some entropy in each system call, which makes short ones
 * several times as long. Linux that runs for a while has it.
 */
#ifndef BENCH_LINUX_ENTROPY_H
#define BENCH_LINUX_ENTROPY_H

#include <fcntl.h>
#include <linux/random.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/** Tells the kernel that it has entropy. Returns whether it believes it. */
static inline bool entropy_credit(void)
{
    struct {
        struct rand_pool_info info;
        uint32_t words[64];
    } seed = {.info = {.entropy_count = 8 * sizeof(seed.words), .buf_size = sizeof(seed.words)}};
    int device =
        mknod("/random", S_IFCHR | 0600, makedev(1, 8)) == 0 ? open("/random", O_RDWR) : -1;

    return device >= 0 && ioctl(device, RNDADDENTROPY, &seed) == 0;
}

#endif
