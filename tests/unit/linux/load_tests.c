/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl load: which files fit a VM's room. The room's memory has no byte too many, so that the
 * sanitizer sees all.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "linux_test.h"
#include "load_image.h"

#define START 0x40200000U
#define ROOM  0x1000U

static const struct load_target target = {START, ROOM, START + 0x10};

/** An ELF file of two segments. */
struct file {
    Elf64_Ehdr header;
    Elf64_Phdr programs[2];
    uint8_t text[0x40];
    uint8_t data[0x20];
};

static char why[LOAD_WHY_SIZE];
static uint8_t *memory;

static struct file good_file(void)
{
    struct file file = {
        .header = {.e_type = ET_EXEC,
                   .e_machine = EM_AARCH64,
                   .e_version = EV_CURRENT,
                   .e_entry = START + 0x10,
                   .e_phoff = offsetof(struct file, programs),
                   .e_ehsize = sizeof(Elf64_Ehdr),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = 2},
        .programs = {{.p_type = PT_LOAD,
                      .p_offset = offsetof(struct file, text),
                      .p_vaddr = START,
                      .p_paddr = START,
                      .p_filesz = 0x40,
                      .p_memsz = 0x40},
                     {.p_type = PT_LOAD,
                      .p_offset = offsetof(struct file, data),
                      .p_vaddr = START + 0x100,
                      .p_paddr = START + 0x100,
                      .p_filesz = 0x20,
                      .p_memsz = ROOM - 0x100}},
    };

    memcpy(file.header.e_ident, ELFMAG, SELFMAG);
    file.header.e_ident[EI_CLASS] = ELFCLASS64;
    file.header.e_ident[EI_DATA] = ELFDATA2LSB;
    file.header.e_ident[EI_VERSION] = EV_CURRENT;
    memset(file.text, 0x11, sizeof(file.text));
    memset(file.data, 0x22, sizeof(file.data));
    return file;
}

static bool load_bytes(const void *bytes, size_t size)
{
    uint8_t *block = malloc(size + 1);
    /* it ends with the block, so that a byte behind the file is seen, too */
    uint8_t *exact = block + 1;
    bool result;

    memcpy(exact, bytes, size);
    memset(memory, 0, ROOM);
    result = load_image(&target, exact, size, memory, why);
    free(block);
    return result;
}

static int setup(void **state)
{
    (void)state;
    memory = malloc(ROOM);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

static void test_a_program_lies_where_it_says(void **state)
{
    const struct file file = good_file();

    (void)state;
    assert_true(load_bytes(&file, sizeof(file)));
    assert_memory_equal(memory, file.text, sizeof(file.text));
    assert_int_equal(memory[0x40], 0);
    assert_memory_equal(memory + 0x100, file.data, sizeof(file.data));
    assert_int_equal(memory[0x120], 0);
}

static void test_a_position_independent_program_begins_at_the_entry(void **state)
{
    struct file file = good_file();

    (void)state;
    file.header.e_type = ET_DYN;
    file.header.e_entry -= START;
    for (int i = 0; i < 2; i++) {
        file.programs[i].p_vaddr -= START;
        file.programs[i].p_paddr -= START;
    }
    assert_true(load_bytes(&file, sizeof(file)));
    assert_memory_equal(memory, file.text, sizeof(file.text));
    assert_memory_equal(memory + 0x100, file.data, sizeof(file.data));
}

static void test_virtual_addresses_do_not_matter(void **state)
{
    struct file file = good_file();

    (void)state;
    file.header.e_entry += 0xffff000000000000;
    for (int i = 0; i < 2; i++) {
        file.programs[i].p_vaddr += 0xffff000000000000;
    }
    assert_true(load_bytes(&file, sizeof(file)));
}

#define REFUSED(change, says)                                                                      \
    do {                                                                                           \
        struct file file = good_file();                                                            \
        change;                                                                                    \
        assert_false(load_bytes(&file, sizeof(file)));                                             \
        assert_says(why, says);                                                                    \
    } while (0)

static void test_what_does_not_fit_is_refused(void **state)
{
    (void)state;
    REFUSED(file.header.e_machine = EM_X86_64, "is for x86-64, not for AArch64");
    REFUSED(file.header.e_entry += 4, "starts at 0x40200014, but the VM at 0x40200010");
    /* zeros, nobody's first instruction */
    REFUSED(file.header.e_entry = START + 0x130, "where it loads nothing");
    REFUSED(file.header.e_entry = 0, "starts at 0x0, where it loads nothing");
    REFUSED(file.programs[1].p_memsz++, "but the VM's room is 0x40200000 to 0x40201000");
    REFUSED(file.programs[1].p_paddr = START + ROOM, "has a segment at 0x40201000");
    REFUSED(file.programs[1].p_paddr = START - 0x20, "has a segment at 0x401fffe0");
    REFUSED(file.programs[1].p_paddr = 0, "has a segment at 0x0");
    REFUSED(file.programs[1].p_paddr = UINT64_MAX - 0x10, "wrap around");
    REFUSED(file.programs[1].p_memsz = UINT64_MAX, "wrap around");
    REFUSED(file.programs[1].p_filesz = 0x1000, "is damaged");
    REFUSED(file.programs[1].p_offset = sizeof(file), "beyond the file's end");
    REFUSED(file.programs[1].p_paddr = START + 0x3f, "overlap in physical memory");
    REFUSED(file.programs[1].p_offset = UINT64_MAX - 4, "beyond the file's end");
    REFUSED(file.header.e_phoff = UINT64_MAX - 8, "beyond the file's end");
    REFUSED(file.header.e_phnum = 0xffff, "beyond the file's end");
    REFUSED(file.header.e_phnum = 0, "loads nothing");
}

static void test_a_raw_image_begins_at_the_rooms_start(void **state)
{
    uint8_t bytes[ROOM + 1];

    (void)state;
    memset(bytes, 0x33, sizeof(bytes));
    assert_true(load_bytes(bytes, ROOM));
    assert_memory_equal(memory, bytes, ROOM);
    assert_true(load_bytes(bytes, 0x11));
    assert_int_equal(memory[0x11], 0);
    assert_false(load_bytes(bytes, ROOM + 1));
    assert_says(why, "has 4097 bytes, but the VM's room is 4096");
    assert_false(load_bytes(bytes, 0x10));
    assert_says(why, "ends at 0x40200010, before the VM's entry");
    assert_false(load_bytes(bytes, 0));
    assert_says(why, "is empty");
    assert_false(load_bytes("\x1f\x8b\x08", 3));
    assert_says(why, "unpack it first");
}

static void test_a_file_cut_off_anywhere_is_refused_or_raw(void **state)
{
    const struct file file = good_file();

    (void)state;
    for (size_t size = SELFMAG; size < sizeof(file); size++) {
        assert_false(load_bytes(&file, size));
    }
}

/* Each byte of the headers with each bit turned, and with all values that have a meaning in many
 * fields. */
static void test_damaged_headers_never_lead_outside(void **state)
{
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};

    (void)state;
    for (size_t at = 0; at < offsetof(struct file, text); at++) {
        for (size_t i = 0; i < 8 + sizeof(values); i++) {
            struct file file = good_file();
            uint8_t *byte = (uint8_t *)&file + at;

            *byte = (uint8_t)(i < 8 ? *byte ^ 1U << i : values[i - 8]);
            load_bytes(&file, sizeof(file));
        }
    }
}

int load_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_program_lies_where_it_says, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_position_independent_program_begins_at_the_entry,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_virtual_addresses_do_not_matter, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_does_not_fit_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_raw_image_begins_at_the_rooms_start, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_file_cut_off_anywhere_is_refused_or_raw, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_damaged_headers_never_lead_outside, setup, teardown),
    };

    return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
