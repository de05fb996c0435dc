/* SPDX-License-Identifier: Apache-2.0 */
/* Checks a new image for a VM, and lays it out as the VM's memory shall be. */
#ifndef NAGAYACTL_LOAD_IMAGE_H
#define NAGAYACTL_LOAD_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The part of a VM's memory that an image may fill, and where the VM begins to run. */
struct load_target {
    uint64_t start;
    uint64_t size;
    uint64_t entry;
};

#define LOAD_WHY_SIZE 256

/**
 * Lays out @file, an ELF file or a raw image, in @memory, which has target->size bytes, all 0.
 * Nothing of the file is trusted. A raw image begins at target->start; an ELF file lies where it
 * says, or, if it is position-independent, so that it begins at the entry.
 *
 * Returns false, with @why in words to follow the file's name, if it does not fit; @memory is of no
 * use then.
 */
bool load_image(const struct load_target *target, const uint8_t *file, size_t size, uint8_t *memory,
                char why[LOAD_WHY_SIZE]);

#endif
