/* SPDX-License-Identifier: Apache-2.0 */
/* Promises about images: every form is understood, every bad one is a clear mistake, none does
 * harm. */
#include <elf.h>
#include <string.h>

#include "back.h"
#include "image_load.h"
#include "memory.h"

/* A VM with 1 MB and this image. */
static struct vm vm_with(const char *image, const char *kernel)
{
    static struct vm_memory memory = {
        .size = MB, .at = ADDRESS_UNSET, .location = {"test.yaml", 4}};

    return (struct vm){
        .location = {"test.yaml", 2},
        .name = "guest",
        .memory = &memory,
        .memory_count = 1,
        .image = image,
        .kernel = kernel,
        .image_location = {"test.yaml", 3},
        .initrd_location = {"test.yaml", 5},
        .entry = ADDRESS_UNSET,
    };
}

static void assert_refused(const char *image, const char *kernel, const char *because)
{
    struct vm vm = vm_with(image, kernel);
    struct image loaded;

    assert_false(image_load(&vm, &loaded));
    assert_mistake(because);
}

static struct image load(const char *path)
{
    struct vm vm = vm_with(path, NULL);
    struct image image;

    assert_true(image_load(&vm, &image));
    assert_no_mistake();
    return image;
}

/* Words of it are instructions. */
#define CODE_BYTE 0x91

static const char *code_file_of(size_t size)
{
    return file_of(memset(memory_new(size, 1), CODE_BYTE, size), size);
}

static void test_an_elf_file_is_taken_by_physical_address(void **state)
{
    const struct elf_segment segments[] = {{0xffff000000000000, 0x40080000, 0x1000, 0x3000},
                                           {0xffff000000010000, 0x40090000, 0x100, 0x100}};
    struct image image = load(elf_file_of(ET_EXEC, 0xffff000000010010, segments, 2));

    (void)state;
    assert_int_equal(image.form, IMAGE_ELF_FIXED);
    assert_int_equal(image.entry, 0x40090010);
    assert_int_equal(image.part_count, 2);
    assert_int_equal(image.parts[0].address, 0x40080000);
    assert_int_equal(image.parts[0].memory_size, 0x3000);
    assert_int_equal(image.parts[1].bytes[0xff], 2);
    assert_int_equal(image.end, 0x40090100);
}

static void test_parts_in_one_cache_line_become_one(void **state)
{
    const struct elf_segment segments[] = {
        {0x1000, 0x1000, 10, 10}, {0x100a, 0x100a, 10, 20}, {0x1050, 0x1050, 4, 4}};
    struct image image = load(elf_file_of(ET_DYN, 0x1000, segments, 3));

    (void)state;
    assert_int_equal(image.form, IMAGE_ELF_ANYWHERE);
    assert_int_equal(image.part_count, 2);
    assert_int_equal(image.parts[0].file_size, 64);
    assert_int_equal(image.parts[0].bytes[9], 1);
    assert_int_equal(image.parts[0].bytes[10], 2);
    assert_int_equal(image.parts[0].bytes[20], 0);
    assert_int_equal(image.parts[1].address, 0x1040);
    assert_int_equal(image.parts[1].bytes[0x0f], 0);
    assert_int_equal(image.parts[1].bytes[0x10], 3);
}

static void test_an_arm64_image_keeps_its_text_offset_and_its_bss(void **state)
{
    struct image image = load(linux_file_of(0x80000, 0x9000, 0x4000));

    (void)state;
    assert_int_equal(image.form, IMAGE_LINUX);
    assert_int_equal(image.parts[0].address, 0x80000);
    assert_int_equal(image.parts[0].memory_size, 0x9000);
    assert_int_equal(image.entry, 0x80000);
}

static void test_anything_else_is_raw(void **state)
{
    struct image image = load(file_of("\x01\x02\x03\x04\x05", 5));

    (void)state;
    assert_int_equal(image.form, IMAGE_RAW);
    assert_int_equal(image.parts[0].file_size, 5);
}

static void test_gzip_files_are_unpacked(void **state)
{
    const struct elf_segment segment = {0x40080000, 0x40080000, 0x5000, 0x5000};
    size_t size;
    uint8_t *elf = elf_make(ET_EXEC, 0x40080000, &segment, 1, &size);
    struct image image = load(gzip_file_of(elf, size));

    (void)state;
    assert_int_equal(image.form, IMAGE_ELF_FIXED);
    assert_int_equal(image.parts[0].bytes[0x4fff], 1);
}

static void test_bad_files_are_refused_with_the_reason(void **state)
{
    const struct elf_segment fits = {0x1000, 0x1000, 16, 16};
    const struct elf_segment overlapping[] = {{0x1000, 0x1000, 16, 0x2000},
                                              {0x2000, 0x2000, 16, 16}};
    const struct elf_segment wraps = {0x1000, 0xfffffffffffff000, 16, 0x2000};
    const struct elf_segment huge = {0, 0, 16, 2 * MB};
    size_t size;

    (void)state;
    assert_refused("build/no/such/file", NULL,
                   "test.yaml:3: image 'build/no/such/file' cannot be read: No such file");
    assert_refused("build", NULL, "is not a file");
    assert_refused(file_of("", 0), NULL, "is empty");
    assert_refused(elf_file_of(ET_EXEC, 0x1000, overlapping, 2), NULL, "overlap");
    assert_refused(elf_file_of(ET_EXEC, 0x5000, &fits, 1), NULL,
                   "starts at 0x5000, where it loads nothing");
    assert_refused(elf_file_of(ET_EXEC, 0x1000, &wraps, 1), NULL, "wrap around");
    assert_refused(elf_file_of(ET_EXEC, 0, &huge, 1), NULL,
                   "needs 2 MB of memory (0x0 to 0x200000), vm 'guest' has 1 MB");
    assert_refused(elf_file_of(ET_EXEC, 0x1000, &fits, 0), NULL, "nothing to load");
    assert_refused(elf_file_of(ET_REL, 0x1000, &fits, 1), NULL, "object file");
    assert_refused(code_file_of(MB + 1), NULL, "needs 1.1 MB of memory, vm 'guest' has 1 MB");
    assert_refused(linux_file_of(0, 4 * MB, 0x1000), NULL,
                   "needs 4 MB of memory, vm 'guest' has 1 MB");
    assert_refused(linux_file_of(0x300000, 0x1000, 0x1000), NULL, "text offset");

    uint8_t *elf = elf_make(ET_EXEC, 0x1000, &fits, 1, &size);
    assert_refused(file_of(elf, size - 1), NULL, "cut off");
    elf[offsetof(Elf64_Ehdr, e_machine)] = EM_X86_64;
    assert_refused(file_of(elf, size), NULL, "is for x86-64, not for AArch64");
    elf[offsetof(Elf64_Ehdr, e_machine)] = EM_ARM;
    assert_refused(file_of(elf, size), NULL, "is for 32-bit Arm");
    elf[EI_DATA] = ELFDATA2MSB;
    assert_refused(file_of(elf, size), NULL, "big-endian");
}

static void begin(uint8_t *bytes, const uint8_t first[4])
{
    memcpy(bytes, first, 4);
}

static void test_what_is_no_program_is_refused_with_what_it_looks_like(void **state)
{
    static const char source[] =
        "/* A guest. */\n#include <stdio.h>\nint main(void) { return 0; }\n";
    uint8_t bytes[MB / 2] = {0};

    (void)state;
    assert_refused(file_of(source, strlen(source)), NULL,
                   "is text, a program's source, not a program; compile it");
    assert_refused(file_of("gr\xc3\xbc\xc3\x9f dich", 11), NULL, "is text, not a program");
    assert_refused(file_of("vms: []\n", 8), NULL, "is a system's file (YAML), not a program");
    assert_refused(file_of(bytes, sizeof(bytes)), NULL,
                   "is nothing but zeros at its start, not a program");
    memset(bytes, 0xff, sizeof(bytes));
    assert_refused(file_of(bytes, sizeof(bytes)), NULL, "is blank flash (0xff) at its start");
    begin(bytes, (const uint8_t[]){0xd0, 0x0d, 0xfe, 0xed});
    assert_refused(file_of(bytes, sizeof(bytes)), NULL, "is a device tree (DTB), not a program");
    begin(bytes, (const uint8_t[]){0x89, 'P', 'N', 'G'});
    assert_refused(file_of(bytes, sizeof(bytes)), NULL, "is a picture (PNG), not a program");
    begin(bytes, (const uint8_t[]){0, 1, 2, 3});
    assert_refused(file_of(bytes, sizeof(bytes)), NULL,
                   "does not start with an A64 instruction as raw code does (0x03020100)");
    assert_refused(file_of("\x91\x91", 2), NULL, "does not start with an A64 instruction");
}

static void test_raw_code_starts_with_an_instruction_or_says_where_it_starts(void **state)
{
    static const uint32_t first[] = {0x14000010 /* b */,
                                     0xd503201f /* nop */,
                                     0xd53800a0 /* mrs x0, mpidr_el1 */,
                                     0x58000041 /* ldr x1, =... */,
                                     0x910003fd /* mov x29, sp */,
                                     0xaa0003f4 /* mov */};
    struct vm vm = vm_with(file_of("\x00\x00\x00\x00\x91\x91\x91\x91", 8), NULL);
    struct image image;

    (void)state;
    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        const uint32_t words[] = {first[i], 0};
        assert_int_equal(load(file_of(words, sizeof(words))).form, IMAGE_RAW);
    }
    vm.entry = 0x40000004;
    assert_true(image_load(&vm, &image));
    assert_no_mistake();
}

static void test_raw_takes_every_file_as_it_is(void **state)
{
    const struct elf_segment segment = {0x1000, 0x1000, 16, 16};
    const char *paths[] = {file_of("text\n", 5), file_of("\0\0\0\0", 4),
                           elf_file_of(ET_EXEC, 0x1000, &segment, 1),
                           linux_file_of(0, 0x1000, 0x1000), gzip_file_of("packed", 6)};

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct vm vm = vm_with(paths[i], NULL);
        struct image image;
        struct file_bytes file;

        vm.raw = true;
        assert_true(image_load(&vm, &image));
        assert_no_mistake();
        assert_true(file_read(vm.image_location, "image", paths[i], &file));
        assert_int_equal(image.form, IMAGE_RAW);
        assert_int_equal(image.parts[0].file_size, file.size);
        assert_memory_equal(image.parts[0].bytes, file.bytes, file.size);
    }
}

static void test_a_kernel_must_be_an_arm64_image(void **state)
{
    const struct elf_segment segment = {0x1000, 0x1000, 16, 16};
    uint8_t x86[0x400] = {0};
    uint8_t zboot[64] = "MZ..zimg";

    (void)state;
    memcpy(x86 + 0x202, (const uint8_t[]){'H', 'd', 'r', 'S'}, 4);
    assert_refused(NULL, file_of("raw", 3), "has no arm64 Image header");
    assert_refused(NULL, elf_file_of(ET_EXEC, 0x1000, &segment, 1),
                   "is an ELF file, not an arm64 Image");
    assert_refused(NULL, file_of(x86, sizeof(x86)), "is a Linux kernel for x86");
    assert_refused(NULL, file_of(zboot, sizeof(zboot)), "EFI zboot");
}

static void test_sizes_are_in_the_unit_that_a_person_would_choose(void **state)
{
    (void)state;
    assert_string_equal(size_in_words(17).text, "17 bytes");
    assert_string_equal(size_in_words(64 << 10).text, "64 KB");
    assert_string_equal(size_in_words(96 * MB).text, "96 MB");
    assert_string_equal(size_in_words(1536 * MB).text, "1536 MB");
    assert_string_equal(size_in_words(2048 * MB).text, "2 GB");
    assert_string_equal(size_in_words(33 * MB + 4096).text, "33.1 MB");
    assert_string_equal(room_in_words(33 * MB + 4096).text, "33.0 MB");
    assert_string_equal(size_in_words(34 * MB - 1).text, "34.0 MB");
}

static void test_damaged_gzip_files_are_refused(void **state)
{
    uint8_t packed[0x10000];
    static uint8_t code[8 * MB];
    const char *path = gzip_file_of(memset(code, CODE_BYTE, sizeof(code)), sizeof(code));
    struct file_bytes file;
    struct vm vm = vm_with(path, NULL);

    (void)state;
    assert_true(file_read(vm.image_location, "image", path, &file));
    assert_true(file.size < sizeof(packed));
    memcpy(packed, file.bytes, file.size);
    assert_refused(file_of(packed, file.size / 2), NULL, "damaged or cut off gzip");
    packed[file.size - 6] ^= 1; /* in the checksum */
    assert_refused(file_of(packed, file.size), NULL, "damaged or cut off gzip");
    assert_refused(path, NULL, "needs 8 MB of memory");
    assert_false(file_unpack(vm.image_location, "image", path, MB, &file));
    assert_mistake("unpacks to more than 1 MB");
}

static void test_an_initrd_must_exist_and_fit(void **state)
{
    struct vm vm = vm_with(NULL, NULL);
    struct file_bytes initrd;

    (void)state;
    vm.initrd = "build/no/such/file";
    assert_false(initrd_load(&vm, &initrd));
    assert_mistake("test.yaml:5: initrd 'build/no/such/file' cannot be read");
    vm.initrd = file_of(memory_new(1, MB + 512), MB + 512);
    assert_false(initrd_load(&vm, &initrd));
    assert_mistake("has 1.1 MB, vm 'guest' has 1 MB");
}

/* Whatever the bytes are: understood or refused, and never a byte outside of the file read
 * (sanitizers). */
static void test_hostile_elf_files_do_no_harm(void **state)
{
    const struct elf_segment segments[] = {
        {0x1000, 0x1000, 100, 300}, {0x2000, 0x2000, 64, 64}, {0x3001, 0x3001, 9, 9}};
    size_t size;
    uint8_t *elf = elf_make(ET_DYN, 0x1000, segments, 3, &size);
    struct vm vm = vm_with("hostile", NULL);
    unsigned seed = 1;

    (void)state;
    for (size_t cut = 4; cut < size; cut++) {
        uint8_t *exact = memory_new(cut, 1);
        struct image image;
        memcpy(exact, elf, cut);
        assert_false(image_load_elf(&vm, &(struct file_bytes){exact, cut}, &image));
        assert_mistake("hostile");
    }
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t *bytes = memory_new(size, 1);
        struct image image;
        memcpy(bytes, elf, size);
        for (unsigned change = 0; change <= round % 4; change++) {
            static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
            bytes[4 + random_below(&seed, 64 + 3 * 56 - 4)] =
                values[random_below(&seed, sizeof(values))];
        }
        bool sound = image_load_elf(&vm, &(struct file_bytes){bytes, size}, &image);
        assert_true(sound == (mistakes_take()[0] == '\0'));
        for (size_t i = 0; sound && i < image.part_count; i++) {
            assert_true(image.parts[i].file_size <= image.parts[i].memory_size);
            assert_true(image.parts[i].file_size == 0 ||
                        image.parts[i].bytes[image.parts[i].file_size - 1] < 4);
        }
    }
}

const struct CMUnitTest image_tests[] = {
    cmocka_unit_test(test_an_elf_file_is_taken_by_physical_address),
    cmocka_unit_test(test_parts_in_one_cache_line_become_one),
    cmocka_unit_test(test_an_arm64_image_keeps_its_text_offset_and_its_bss),
    cmocka_unit_test(test_anything_else_is_raw),
    cmocka_unit_test(test_gzip_files_are_unpacked),
    cmocka_unit_test(test_bad_files_are_refused_with_the_reason),
    cmocka_unit_test(test_what_is_no_program_is_refused_with_what_it_looks_like),
    cmocka_unit_test(test_raw_code_starts_with_an_instruction_or_says_where_it_starts),
    cmocka_unit_test(test_raw_takes_every_file_as_it_is),
    cmocka_unit_test(test_sizes_are_in_the_unit_that_a_person_would_choose),
    cmocka_unit_test(test_a_kernel_must_be_an_arm64_image),
    cmocka_unit_test(test_damaged_gzip_files_are_refused),
    cmocka_unit_test(test_an_initrd_must_exist_and_fit),
    cmocka_unit_test(test_hostile_elf_files_do_no_harm),
};
const size_t image_test_count = sizeof(image_tests) / sizeof(image_tests[0]);
