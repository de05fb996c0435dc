/* SPDX-License-Identifier: Apache-2.0 */
/* Promises about images: every form is understood, every bad one is a clear mistake, none does harm. */
#include <elf.h>
#include <string.h>

#include "back.h"
#include "image_load.h"
#include "memory.h"

/* A VM with 1 MB and this image. */
static struct vm vm_with(const char *image, const char *kernel)
{
    static struct vm_memory memory = {
        .size = MB, .at = ADDRESS_UNSET, .place = {"test.yaml", 4}
    };

    return (struct vm){
        .place = {"test.yaml", 2},
        .name = "guest",
        .memory = &memory,
        .memory_count = 1,
        .image = image,
        .kernel = kernel,
        .image_place = {"test.yaml", 3},
        .initrd_place = {"test.yaml", 5},
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

static void test_an_elf_file_is_taken_by_physical_address(void **state)
{
    const struct elf_segment segments[] = {
        {0xffff000000000000, 0x40080000, 0x1000, 0x3000},
        {0xffff000000010000, 0x40090000, 0x100,  0x100 }
    };
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
        {0x1000, 0x1000, 10, 10},
        {0x100a, 0x100a, 10, 20},
        {0x1050, 0x1050, 4,  4 }
    };
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
    const struct elf_segment overlapping[] = {
        {0x1000, 0x1000, 16, 0x2000},
        {0x2000, 0x2000, 16, 16    }
    };
    const struct elf_segment wraps = {0x1000, 0xfffffffffffff000, 16, 0x2000};
    const struct elf_segment huge = {0, 0, 16, 2 * MB};
    size_t size;

    (void)state;
    assert_refused("build/no/such/file", NULL, "test.yaml:3: image 'build/no/such/file' cannot be read: No such file");
    assert_refused("build", NULL, "is not a file");
    assert_refused(file_of("", 0), NULL, "is empty");
    assert_refused(elf_file_of(ET_EXEC, 0x1000, overlapping, 2), NULL, "overlap");
    assert_refused(elf_file_of(ET_EXEC, 0x5000, &fits, 1), NULL, "starts at 0x5000, where it loads nothing");
    assert_refused(elf_file_of(ET_EXEC, 0x1000, &wraps, 1), NULL, "wrap around");
    assert_refused(elf_file_of(ET_EXEC, 0, &huge, 1), NULL,
                   "needs 2 MB of memory (0x0 to 0x200000), vm 'guest' has 1 MB");
    assert_refused(elf_file_of(ET_EXEC, 0x1000, &fits, 0), NULL, "nothing to load");
    assert_refused(elf_file_of(ET_REL, 0x1000, &fits, 1), NULL, "object file");
    assert_refused(file_of(memory_new(1, MB + 1), MB + 1), NULL, "needs 1048577 bytes of memory");
    assert_refused(linux_file_of(0, 4 * MB, 0x1000), NULL, "needs 4 MB of memory, vm 'guest' has 1 MB");
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

static void test_a_kernel_must_be_an_arm64_image(void **state)
{
    const struct elf_segment segment = {0x1000, 0x1000, 16, 16};
    uint8_t x86[0x400] = {0};
    uint8_t zboot[64] = "MZ..zimg";

    (void)state;
    memcpy(x86 + 0x202, (const uint8_t[]){'H', 'd', 'r', 'S'}, 4);
    assert_refused(NULL, file_of("raw", 3), "has no arm64 Image header");
    assert_refused(NULL, elf_file_of(ET_EXEC, 0x1000, &segment, 1), "is an ELF file, not an arm64 Image");
    assert_refused(NULL, file_of(x86, sizeof(x86)), "is a Linux kernel for x86");
    assert_refused(NULL, file_of(zboot, sizeof(zboot)), "EFI zboot");
}

static void test_damaged_gzip_files_are_refused(void **state)
{
    uint8_t packed[0x10000];
    static uint8_t zeros[8 * MB];
    const char *path = gzip_file_of(zeros, sizeof(zeros));
    struct file_bytes file;
    struct vm vm = vm_with(path, NULL);

    (void)state;
    assert_true(file_read(vm.image_place, "image", path, &file));
    assert_true(file.size < sizeof(packed));
    memcpy(packed, file.bytes, file.size);
    assert_refused(file_of(packed, file.size / 2), NULL, "damaged or cut off gzip");
    packed[file.size - 6] ^= 1; /* in the checksum */
    assert_refused(file_of(packed, file.size), NULL, "damaged or cut off gzip");
    assert_refused(path, NULL, "needs 8 MB of memory");
    assert_false(file_unpack(vm.image_place, "image", path, MB, &file));
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
    assert_mistake("has 1049088 bytes, vm 'guest' has 1 MB");
}

/* Whatever the bytes are: understood or refused, and never a byte outside of the file read (sanitizers). */
static void test_hostile_elf_files_do_no_harm(void **state)
{
    const struct elf_segment segments[] = {
        {0x1000, 0x1000, 100, 300},
        {0x2000, 0x2000, 64,  64 },
        {0x3001, 0x3001, 9,   9  }
    };
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
            bytes[4 + random_below(&seed, 64 + 3 * 56 - 4)] = values[random_below(&seed, sizeof(values))];
        }
        bool sound = image_load_elf(&vm, &(struct file_bytes){bytes, size}, &image);
        assert_true(sound == (mistakes_take()[0] == '\0'));
        for (size_t i = 0; sound && i < image.part_count; i++) {
            assert_true(image.parts[i].file_size <= image.parts[i].memory_size);
            assert_true(image.parts[i].file_size == 0 || image.parts[i].bytes[image.parts[i].file_size - 1] < 4);
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
    cmocka_unit_test(test_a_kernel_must_be_an_arm64_image),
    cmocka_unit_test(test_damaged_gzip_files_are_refused),
    cmocka_unit_test(test_an_initrd_must_exist_and_fit),
    cmocka_unit_test(test_hostile_elf_files_do_no_harm),
};
const size_t image_test_count = sizeof(image_tests) / sizeof(image_tests[0]);
