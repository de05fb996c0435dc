/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the composer's back end share: systems made by hand, files made by hand, and a
 * machine that an image is loaded into.
 *
 * Mistakes are recorded instead of printed (back_fakes.c), and the device trees of guests hold
 * little more than the VM's name.
 */
#ifndef TESTS_COMPOSE_BACK_H
#define TESTS_COMPOSE_BACK_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arithmetic.h"
#include "plan_build.h"
#include "image_write.h"
#include "layout_make.h"
#include "system.h"

#define MB (1ULL << 20)

/* back_fakes.c */

/** All mistakes since the last call of it, a line each; "" if there were none. */
const char *mistakes_take(void);

/** Asserts that there was one mistake at least, and that @part is in what was reported. */
void assert_mistake(const char *part);

/** Asserts that there was none. */
void assert_no_mistake(void);

/* back_files.c */

/** A file of the given contents under build/, for as long as the program runs; returns its path. */
const char *file_of(const void *bytes, size_t size);

/** @bytes as gzip packs them, in a file. */
const char *gzip_file_of(const void *bytes, size_t size);

/** One segment of an ELF file to be made. */
struct elf_segment {
    uint64_t vaddr;
    uint64_t paddr;
    uint64_t file_size;
    uint64_t memory_size;
};

/** An AArch64 ELF file; each segment's bytes are its number + 1. Returns its bytes. */
uint8_t *elf_make(uint16_t type, uint64_t entry, const struct elf_segment *segments, size_t count,
                  size_t *size);
const char *elf_file_of(uint16_t type, uint64_t entry, const struct elf_segment *segments,
                        size_t count);

/** An arm64 Image of @size bytes. */
const char *linux_file_of(uint64_t text_offset, uint64_t image_size, size_t size);

/** A hypervisor as abi/el2_map.h wants it. */
const char *hypervisor_file(void);

/* back_system.c */

/** A board with @ram bytes of RAM at 1 GB, 4 CPUs, a GICv3, and devices with registers and
 * interrupts. */
void system_start(struct system *system, uint64_t ram);

/** Gives the board a GICv2 in place of the GICv3; CPU interfaces are numbered from the last CPU
 * on. */
void system_take_gicv2(struct system *system);

/** Adds a VM on CPU @cpu with a raw image of 8 KB. */
struct vm *system_add_vm(struct system *system, const char *name, uint32_t cpu, uint64_t memory);

/** Gives device @device to @vm. */
void vm_take_device(struct system *system, struct vm *vm, uint32_t device);

/** Gives VMs channels, a manager, watchdogs and stores, as the seed says. */
void system_live_together(struct system *system, unsigned *seed);

/** A system of random VMs that fits its board, from a seed. */
void system_random(struct system *system, unsigned *seed);
unsigned random_below(unsigned *seed, unsigned limit);

/* back_machine.c */

/** What an image is when it has been loaded. */
struct machine {
    const uint8_t *file;
    size_t file_size;
    uint8_t *ram; /* what the board has from ram_start on */
    uint64_t ram_start;
    uint64_t ram_size;
    uint64_t entry;
    const struct plan *plan;
};

/** Composes @system into a file; returns its path, or NULL after mistakes. The layout is left in
 * *layout. */
const char *compose(const struct system *system, struct layout *layout);

/** Loads an image, as a loader would, into RAM full of @garbage. */
void machine_load(struct machine *machine, const struct system *system, const char *path,
                  uint8_t garbage);
void machine_free(struct machine *machine);

/** Where physical address @pa is. */
uint8_t *machine_at(const struct machine *machine, uint64_t pa);

/** An array of the plan. */
const void *machine_array(const struct machine *machine, struct plan_array array);

/** One entry of translation tables that maps something. */
struct mapping {
    uint64_t from;
    uint64_t pa;
    uint64_t size;
    uint64_t attributes; /* the descriptor without address and type */
};
struct mappings {
    struct mapping *list;
    size_t count;
};

/** All that the tables at @root map, entry by entry, in ascending order. */
struct mappings machine_walk(const struct machine *machine, uint64_t root);

/** Asserts that entries @found map exactly what @expected lists, all of it in the largest blocks
 * there are. */
void assert_maps_exactly(const struct mappings *found, struct mappings *expected);

extern const struct CMUnitTest image_tests[], layout_tests[], table_tests[], plan_tests[],
    file_tests[];
extern const size_t image_test_count, layout_test_count, table_test_count, plan_test_count,
    file_test_count;

/** Asserts that check finds nothing in the image at @path (checked_image.c). */
void assert_check_holds(const char *path);

#endif
