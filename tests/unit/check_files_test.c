/* SPDX-License-Identifier: Apache-2.0 */
/* What check reads besides images: engines, YAML, VMs' images; and the digest that it prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "check_config.h"
#include "check_engine.h"
#include "check_guest_file.h"
#include "check_sha256.h"

/* FIPS 180-4's examples (NIST CSRC, SHA256.pdf), and lengths around the last block's. */
static void test_the_digest_is_sha_256(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *digest;
    } examples[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    char text[SHA256_TEXT_SIZE];
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        sha256_text((const uint8_t *)examples[i].text, strlen(examples[i].text), text);
        assert_string_equal(text, examples[i].digest);
    }
    uint8_t *million = malloc(1000000);
    memset(million, 'a', 1000000);
    sha256_text(million, 1000000, text);
    assert_string_equal(text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

static const char *write_file(char path[32], const char *text, size_t size)
{
    snprintf(path, 32, "/tmp/check-files-XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, size), size);
    close(descriptor);
    return path;
}

static void test_values_are_read_as_the_reference_says(void **state)
{
    (void)state;
    static const char text[] =
        "{a: 64K, b: 0x40000000, c: 250us, d: 1s, e: 12, f: x, g: 1Q, h: [1, 2], i: 99999999999G}";
    static const uint64_t values[] = {65536, 0x40000000, 250000, 1000000000, 12};
    char path[32];
    char why[IMAGE_FILE_WHY_SIZE];
    struct config config;
    assert_true(config_open(write_file(path, text, strlen(text)), &config, why));
    for (char key[2] = "a"; key[0] <= 'e'; key[0]++) {
        assert_int_equal(config_number(&config, config_root(&config), key, 1),
                         values[key[0] - 'a']);
    }
    for (char key[2] = "f"; key[0] <= 'j'; key[0]++) {
        assert_int_equal(config_number(&config, config_root(&config), key, 1), 1);
    }
    const yaml_node_t *list = config_get(&config, config_root(&config), "h");
    assert_string_equal(config_text(config_item(&config, list, 1)), "2");
    assert_null(config_item(&config, list, 2));
    assert_null(config_get(&config, list, "a"));
    config_close(&config);
    unlink(path);
}

static void test_a_file_that_is_no_mapping_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "- a", "a: [", "plain"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char path[32];
        char why[IMAGE_FILE_WHY_SIZE];
        struct config config;
        assert_false(config_open(write_file(path, texts[i], strlen(texts[i])), &config, why));
        unlink(path);
    }
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* This program itself is an ELF file, though not for arm64: its machine is changed, and bytes of
 * its headers. */
static void test_no_file_makes_the_readers_crash(void **state)
{
    (void)state;
    uint64_t random = 0x656c66;
    struct image_file self;
    char why[IMAGE_FILE_WHY_SIZE];
    assert_true(image_file_read("/proc/self/exe", &self, why));
    uint64_t size = self.size < 4096 ? self.size : 4096;
    self.bytes[18] = 183;
    for (unsigned i = 0; i < 500; i++) {
        char path[32];
        struct engine_file engine;
        struct guest_file guest;
        struct image_file copy = {.bytes = malloc(size), .size = size};
        memcpy(copy.bytes, self.bytes, size);
        for (unsigned k = 0; k < 4; k++) {
            copy.bytes[16 + next_random(&random) % 400] = (uint8_t)next_random(&random);
        }
        assert_false(
            engine_file_open(write_file(path, (const char *)copy.bytes, size), &engine, why));
        engine_file_close(&engine);
        unlink(path);
        guest_file_open(&copy, false, &guest, why);
        guest_file_close(&guest);
    }
    image_file_close(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_digest_is_sha_256),
        cmocka_unit_test(test_values_are_read_as_the_reference_says),
        cmocka_unit_test(test_a_file_that_is_no_mapping_is_refused),
        cmocka_unit_test(test_no_file_makes_the_readers_crash),
    };
    return cmocka_run_group_tests_name("check_files", tests, NULL, NULL);
}
