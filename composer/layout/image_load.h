/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads what a VM is to run: an ELF program, an arm64 Linux Image or a raw binary, each perhaps
 * gzip'd, its initrd and its ROMs. Nothing has a place yet: addresses are those that the file
 * itself gives.
 */
#ifndef COMPOSER_IMAGE_LOAD_H
#define COMPOSER_IMAGE_LOAD_H

#include "file_read.h"
#include "vm.h"

enum image_form {
    IMAGE_ELF_FIXED,    /* must lie at the addresses that it names */
    IMAGE_ELF_ANYWHERE, /* position-independent: addresses count from anywhere */
    IMAGE_LINUX,        /* arm64 Image: addresses count from a 2 MB boundary */
    IMAGE_RAW,          /* one part at address 0 */
};

/** Bytes that belong together; the rest up to memory_size is zero. */
struct image_part {
    uint64_t address;
    const uint8_t *bytes;
    uint64_t file_size;
    uint64_t memory_size;
};

struct image {
    enum image_form form;
    struct image_part *parts; /* by address, no two in one cache line; sizes and addresses of ELF
                                 parts are multiples of LINE_SIZE */
    size_t part_count;
    uint64_t start; /* lowest address */
    uint64_t end;   /* behind the highest */
    uint64_t entry; /* counts like the parts' addresses */
};

/** The memory that all of a VM's ranges have together. */
uint64_t vm_memory_size(const struct vm *vm);

/** Reads and understands the VM's image or kernel. Mistakes are reported at its image_place. */
bool image_load(const struct vm *vm, struct image *image);

/** Reads the VM's initrd as it is. Mistakes are reported at its initrd_place. */
bool initrd_load(const struct vm *vm, struct file_bytes *initrd);

/** Reads what @memory holds at first, as it is; @rom->size 0 where it names no file. Mistakes are
 * reported at its file_place. */
bool rom_load(const struct vm_memory *memory, struct file_bytes *rom);

/* Between the files of image_load*.c: */

/** Takes an ELF file apart. */
bool image_load_elf(const struct vm *vm, const struct file_bytes *file, struct image *image);

/** Whether the file has the header of an arm64 Image (Documentation/arch/arm64/booting.rst of
 * Linux). */
bool image_is_linux(const struct file_bytes *file);

/** Takes an arm64 Image apart. */
bool image_load_linux(const struct vm *vm, const struct file_bytes *file, struct image *image);

/** Reports that a file given as kernel is none for this machine, naming what it is as far as it
 * can be told. */
void image_not_a_kernel(const struct vm *vm, const struct file_bytes *file);

#endif
