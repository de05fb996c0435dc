/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Free memory of a guest, filled with a pattern and looked at piece by piece: whether somebody else
 * wrote there.
 */
#ifndef VICTIM_FILLED_H
#define VICTIM_FILLED_H

#include <stdbool.h>
#include <stdint.h>

struct filled_word {
    uint64_t address;
    uint64_t value;
    uint64_t expected;
};

/** Fills all that is behind the image, up to the device tree or the end; returns how many words
 * that is. */
uint64_t filled_start(void);

/**
 * Looks at the next @count words; behind the last one comes the first.
 *
 * Returns  false at the first that is not as it was left, which @wrong tells; the next call goes on
 *          behind it.
 */
bool filled_check(unsigned count, struct filled_word *wrong);

#endif
