/* SPDX-License-Identifier: Apache-2.0 */
/* Promises about the image as a file: sound, small, the same each time, and complete or not
 * there. */
#include <elf.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "back.h"
#include "image_load.h"
#include "image_write_elf.h"
#include "memory.h"

static struct system the_system;
static struct layout layout;
static struct machine machine;

static struct file_bytes contents(const char *path)
{
    struct file_bytes file;

    assert_true(file_read((struct source_location){path, 0}, "image", path, &file));
    return file;
}

static void test_the_same_system_gives_the_same_bytes(void **state)
{
    unsigned seed = 9;

    (void)state;
    for (unsigned round = 0; round < 10; round++) {
        unsigned again = seed;
        system_random(&the_system, &seed);
        struct file_bytes first = contents(compose(&the_system, &layout));
        /* other addresses the second time */
        void *elsewhere = malloc(random_below(&seed, 100000) + 1);
        system_random(&the_system, &again);
        struct file_bytes second = contents(compose(&the_system, &layout));
        free(elsewhere);
        assert_int_equal(first.size, second.size);
        assert_memory_equal(first.bytes, second.bytes, first.size);
    }
}

/* Two programs that share nothing agree on what is sound. */
static void test_check_accepts_whatever_is_composed(void **state)
{
    unsigned seed = 77;

    (void)state;
    for (unsigned round = 0; round < 50; round++) {
        system_random(&the_system, &seed);
        if (round % 2 == 0) {
            system_take_gicv2(&the_system);
        }
        assert_check_holds(compose(&the_system, &layout));
    }
}

static void test_readelf_finds_nothing_wrong(void **state)
{
    char output[0x8000];

    (void)state;
    system_start(&the_system, 64 * MB);
    system_add_vm(&the_system, "guest", 0, 4 * MB);
    const char *path = compose(&the_system, &layout);
    FILE *pipe = popen(text_format("LC_ALL=C readelf -hlnW %s 2>&1", path), "r");
    assert_non_null(pipe);
    size_t size = fread(output, 1, sizeof(output) - 1, pipe);
    output[size] = '\0';
    assert_int_equal(pclose(pipe), 0);
    assert_null(strstr(output, "arning"));
    assert_null(strstr(output, "rror"));
    assert_non_null(strstr(output, "EXEC (Executable file)"));
    assert_non_null(strstr(output, "AArch64"));
    assert_non_null(strstr(output, "Nagaya"));
    assert_non_null(strstr(output, text_format("Entry point address:               0x%llx",
                                               (unsigned long long)layout.hypervisor_pa + 0x40)));
}

static void test_segments_are_in_order_and_congruent(void **state)
{
    unsigned seed = 13;

    (void)state;
    system_random(&the_system, &seed);
    struct file_bytes file = contents(compose(&the_system, &layout));
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)file.bytes;
    const Elf64_Phdr *programs = (const Elf64_Phdr *)(file.bytes + header->e_phoff);
    uint64_t end = 0;
    for (size_t i = 0; i < header->e_phnum; i++) {
        if (programs[i].p_type != PT_LOAD) {
            continue;
        }
        assert_true(programs[i].p_paddr >= end);
        assert_int_equal((programs[i].p_offset - programs[i].p_vaddr) % programs[i].p_align, 0);
        end = programs[i].p_paddr + programs[i].p_memsz;
    }
}

static void test_images_are_stored_once_and_zeros_not_at_all(void **state)
{
    uint8_t *image = memory_new(1, 3 * MB);

    (void)state;
    memset(image, 0x91, 3 * MB);
    system_start(&the_system, 64 * MB);
    struct vm *vm = system_add_vm(&the_system, "guest", 0, 8 * MB);
    vm->image = file_of(image, 3 * MB);
    struct file_bytes file = contents(compose(&the_system, &layout));
    assert_true(file.size < 3 * MB + 32 * 1024);
    machine_load(&machine, &the_system, compose(&the_system, &layout), 0xa5);
    assert_memory_equal(machine_at(&machine, layout.vms[0].segments[0].pa), image, 3 * MB);
    assert_memory_equal(machine_at(&machine, layout.vms[0].segments[0].copy_pa), image, 3 * MB);
    machine_free(&machine);
}

static void test_the_hypervisors_memory_is_as_it_must_be_at_entry(void **state)
{
    (void)state;
    system_start(&the_system, 64 * MB);
    system_add_vm(&the_system, "guest", 0, 4 * MB);
    machine_load(&machine, &the_system, compose(&the_system, &layout), 0xa5);
    const struct plan_hypervisor *own = &machine.plan->hypervisor;
    const uint8_t *text = machine_at(&machine, own->pa);
    assert_int_equal(machine.entry, own->pa + 0x40);
    assert_int_equal(text[0x47ff], 1); /* what hypervisor_file() holds */
    assert_int_equal(text[0x4800], 0);
    assert_ptr_equal(machine.plan, text + own->text_size + own->rodata_size);
    for (uint64_t i = 0; i < own->shared_size; i++) {
        assert_int_equal(*machine_at(&machine, own->shared_pa + i), 0);
    }
    for (uint32_t cpu = 0; cpu < machine.plan->cpu_count; cpu++) {
        for (uint64_t i = 0; i < own->percpu_size; i++) {
            assert_int_equal(*machine_at(&machine, machine.plan->cpus[cpu].percpu_pa + i), 0);
        }
    }
    assert_int_equal(own->status_pa, own->shared_pa);
    assert_int_equal(own->stats_pa, own->shared_pa + 0x10000);
    assert_int_equal(own->log_pa, own->shared_pa + 0x15000);
    assert_int_equal(own->watchdog_pa, own->shared_pa + 0x22000);
    assert_int_equal(own->manager_pa, own->shared_pa + 0x32000);
    machine_free(&machine);
}

/* Writes an image in a process of its own, which may write @limit bytes to a file and otherwise
 * ends by fatal(); returns whether it did. */
static bool fails_to_write(const char *output, rlim_t limit)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        struct pieces pieces = {0};
        struct piece piece = {
            .pa = 0x1000, .bytes = (const uint8_t *)"12345678", .file_size = 8, .memory_size = 8};
        fclose(stderr);
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){limit, RLIM_INFINITY});
        piece_add(&pieces, piece);
        image_elf_write(&pieces, 0x1000, 0x1000, output);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static size_t files_like(const char *output)
{
    glob_t found;

    assert_int_equal(glob(text_format("%s*", output), GLOB_NOCHECK, NULL, &found), 0);
    size_t count = found.gl_pathc;
    globfree(&found);
    return count;
}

static void test_what_cannot_be_written_leaves_nothing_behind(void **state)
{
    const char *output = file_of("as before", 9);

    (void)state;
    assert_true(fails_to_write("build/no/such/folder/image", RLIM_INFINITY));
    assert_true(fails_to_write("build", RLIM_INFINITY));
    assert_true(fails_to_write(output, 100)); /* as a full disk would */
    assert_int_equal(files_like(output), 1);
    assert_memory_equal(contents(output).bytes, "as before", 9);
    assert_false(fails_to_write(output, RLIM_INFINITY));
    assert_int_equal(files_like(output), 1);
    assert_memory_equal(contents(output).bytes, ELFMAG, SELFMAG);
}

static void test_a_device_is_written_to_and_not_replaced(void **state)
{
    struct stat status;

    (void)state;
    assert_false(fails_to_write("/dev/null", RLIM_INFINITY));
    assert_true(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode));
}

static void test_long_runs_of_zeros_are_left_out(void **state)
{
    uint64_t words[100] = {[0] = 1, [3] = 2, [50] = 3, [99] = 4};
    struct pieces pieces = {0};

    (void)state;
    piece_add_sparse(&pieces, 0x1000, words, sizeof(words), PF_R);
    assert_int_equal(pieces.count, 3);
    assert_true(pieces.list[0].file_size == 4 * 8 && pieces.list[0].memory_size == 50 * 8);
    assert_true(pieces.list[1].pa == 0x1000 + 50 * 8 && pieces.list[1].file_size == 8);
    assert_true(pieces.list[2].pa == 0x1000 + 99 * 8 && pieces.list[2].memory_size == 8);
}

const struct CMUnitTest file_tests[] = {
    cmocka_unit_test(test_the_same_system_gives_the_same_bytes),
    cmocka_unit_test(test_check_accepts_whatever_is_composed),
    cmocka_unit_test(test_readelf_finds_nothing_wrong),
    cmocka_unit_test(test_segments_are_in_order_and_congruent),
    cmocka_unit_test(test_images_are_stored_once_and_zeros_not_at_all),
    cmocka_unit_test(test_the_hypervisors_memory_is_as_it_must_be_at_entry),
    cmocka_unit_test(test_what_cannot_be_written_leaves_nothing_behind),
    cmocka_unit_test(test_a_device_is_written_to_and_not_replaced),
    cmocka_unit_test(test_long_runs_of_zeros_are_left_out),
};
const size_t file_test_count = sizeof(file_tests) / sizeof(file_tests[0]);
