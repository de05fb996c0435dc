/* SPDX-License-Identifier: Apache-2.0 */
/* A machine that images are loaded into, and a table walker that knows nothing of how tables are
 * made (back.h). */
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "back.h"
#include "memory.h"

const char *compose(const struct system *system, struct layout *layout)
{
    const char *path = file_of("", 0);

    if (!layout_make(system, layout) || !image_write(system, layout, hypervisor_file(), path)) {
        return NULL;
    }
    return path;
}

uint8_t *machine_at(const struct machine *machine, uint64_t pa)
{
    assert_true(pa >= machine->ram_start && pa < machine->ram_start + machine->ram_size);
    return machine->ram + (pa - machine->ram_start);
}

static void segment_load(struct machine *machine, const Elf64_Phdr *program)
{
    uint8_t *target = machine_at(machine, program->p_paddr);

    assert_int_equal(program->p_vaddr, program->p_paddr);
    assert_true(program->p_offset + program->p_filesz <= machine->file_size);
    assert_true(program->p_filesz <= program->p_memsz);
    machine_at(machine, program->p_paddr + program->p_memsz - 1);
    memcpy(target, machine->file + program->p_offset, program->p_filesz);
    memset(target + program->p_filesz, 0, program->p_memsz - program->p_filesz);
}

void machine_load(struct machine *machine, const struct system *system, const char *path,
                  uint8_t garbage)
{
    int descriptor = open(path, O_RDONLY);
    struct stat status = {0};

    assert_true(descriptor >= 0 && fstat(descriptor, &status) == 0);
    *machine = (struct machine){
        .file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0),
        .file_size = (size_t)status.st_size,
        .ram_start = system->board.ram[0].start,
        .ram_size = system->board.ram[0].size,
    };
    close(descriptor);
    machine->ram = mmap(NULL, machine->ram_size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(machine->file != MAP_FAILED && machine->ram != MAP_FAILED);
    if (garbage != 0) {
        memset(machine->ram, garbage, machine->ram_size);
    }

    const Elf64_Ehdr *header = (const Elf64_Ehdr *)machine->file;
    const Elf64_Phdr *programs = (const Elf64_Phdr *)(machine->file + header->e_phoff);
    machine->entry = header->e_entry;
    for (size_t i = 0; i < header->e_phnum; i++) {
        if (programs[i].p_type == PT_LOAD) {
            segment_load(machine, &programs[i]);
        }
    }
    for (size_t i = 0; i < header->e_phnum; i++) {
        uint64_t plan_pa;
        if (programs[i].p_type != PT_NOTE) {
            continue;
        }
        memcpy(&plan_pa, machine->file + programs[i].p_offset + sizeof(Elf64_Nhdr) + 8,
               sizeof(plan_pa));
        machine->plan = (const struct plan *)machine_at(machine, plan_pa);
    }
    assert_non_null(machine->plan);
}

void machine_free(struct machine *machine)
{
    munmap(machine->ram, machine->ram_size);
    munmap((void *)(uintptr_t)machine->file, machine->file_size);
}

const void *machine_array(const struct machine *machine, struct plan_array array)
{
    assert_true(array.offset >= sizeof(struct plan) && array.offset < machine->plan->total_size);
    return (const uint8_t *)machine->plan + array.offset;
}

/* @shift: of the address bits that this level translates; 30, 21, 12. */
static void walk_level(const struct machine *machine, uint64_t table, unsigned shift, uint64_t from,
                       struct mappings *found)
{
    const uint64_t *entries = (const uint64_t *)machine_at(machine, table);

    for (uint64_t i = 0; i < 512; i++) {
        uint64_t entry = entries[i];
        uint64_t address = from + (i << shift);
        bool table_or_page = (entry & 2) != 0;
        if ((entry & 1) == 0) {
            assert_int_equal(entry, 0);
        } else if (table_or_page && shift > 12) {
            assert_int_equal(entry & ~0xfffffffff000ULL, 3);
            walk_level(machine, entry & 0xfffffffff000ULL, shift - 9, address, found);
        } else {
            assert_true(table_or_page == (shift == 12));
            assert_int_equal((entry & 0xfffffffff000ULL) % (1ULL << shift), 0);
            *ARRAY_ADD(found->list, found->count) = (struct mapping){
                .from = address,
                .pa = entry & 0xfffffffff000ULL,
                .size = 1ULL << shift,
                .attributes = entry & ~0xfffffffff003ULL,
            };
        }
    }
}

struct mappings machine_walk(const struct machine *machine, uint64_t root)
{
    struct mappings found = {0};

    walk_level(machine, root, 30, 0, &found);
    return found;
}

static int mapping_compare(const void *a, const void *b)
{
    const struct mapping *left = a, *right = b;

    return (left->from > right->from) - (left->from < right->from);
}

/* A block could map more than @entry does if all of that lay in @whole, at the same offset. */
static void assert_largest(const struct mapping *entry, const struct mapping *whole)
{
    if (entry->size == GIGA_SIZE) {
        return;
    }
    uint64_t larger = entry->size * 512;
    uint64_t start = entry->from - entry->from % larger;
    bool fits = start >= whole->from && start + larger <= whole->from + whole->size;
    bool aligned = (start - whole->from + whole->pa) % larger == 0;
    assert_false(fits && aligned);
}

void assert_maps_exactly(const struct mappings *found, struct mappings *expected)
{
    size_t next = 0;

    qsort(expected->list, expected->count, sizeof(*expected->list), mapping_compare);
    for (size_t i = 0; i < expected->count; i++) {
        const struct mapping *whole = &expected->list[i];
        uint64_t done = 0;
        while (done < whole->size) {
            assert_true(next < found->count);
            const struct mapping *entry = &found->list[next++];
            assert_int_equal(entry->from, whole->from + done);
            assert_int_equal(entry->pa, whole->pa + done);
            assert_int_equal(entry->attributes, whole->attributes);
            assert_largest(entry, whole);
            done += entry->size;
        }
        assert_int_equal(done, whole->size);
    }
    assert_int_equal(next, found->count); /* nothing else is mapped */
}
