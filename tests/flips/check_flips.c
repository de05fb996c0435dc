/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs check over thousands of changed images, in one process.
 *
 * usage: check-flips IMAGE ENGINE BOARD SYSTEM DATA < CHANGES      an empty word: not given (see
 * `nagaya check --help`)
 *
 * A line of CHANGES is one change: OFFSET:MASK of one or more bytes of the file, in hexadecimal,
 * apart by blanks. Each is made (exclusive or), the plan's checksums are put right, check looks,
 * and all is undone. The answer to each line is one too: the id of the first property that fails,
 * or "passes".
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>

#include "check_context.h"

#define EDITS_MAX 64
#define LINE_SIZE 2048

struct edit {
    unsigned long offset;
    unsigned mask;
};

static size_t read_edits(const char *line, uint64_t size, struct edit edits[EDITS_MAX])
{
    size_t count = 0;
    int used;

    while (count < EDITS_MAX &&
           sscanf(line, " %lx:%x%n", &edits[count].offset, &edits[count].mask, &used) == 2) {
        if (edits[count].offset >= size) {
            fprintf(stderr, "check-flips: the file has no byte at 0x%lx\n", edits[count].offset);
            exit(2);
        }
        line += used;
        count++;
    }
    return count;
}

static void apply(struct image_file *image, const struct edit *edits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        image->bytes[edits[i].offset] ^= (uint8_t)edits[i].mask;
    }
}

static uint64_t checksum(const uint8_t *bytes, uint64_t size)
{
    uint64_t sum = PLAN_CHECKSUM_SEED;

    for (uint64_t at = 0; at + 8 <= size; at += 8) {
        uint64_t word;
        memcpy(&word, bytes + at, sizeof(word));
        sum = (sum ^ word) * PLAN_CHECKSUM_PRIME;
    }
    return sum;
}

/* The plan in the file's bytes, if it is loaded from them whole. */
static struct plan *plan_bytes(const struct image_file *image)
{
    const struct image_segment *segment = image_file_segment_at(image, image->plan_pa);
    if (segment == NULL || segment->file_size < sizeof(struct plan) ||
        image->plan_pa - segment->pa > segment->file_size - sizeof(struct plan)) {
        return NULL;
    }
    uint64_t at = image->plan_pa - segment->pa;
    struct plan *plan =
        (struct plan *)(void *)(image->bytes + (segment->bytes - image->bytes) + at);
    return plan->total_size >= sizeof(*plan) && plan->total_size <= segment->file_size - at ? plan
                                                                                            : NULL;
}

/* What check looks at is over with the first property that fails: linked in place of
 * report_fail. */
static jmp_buf failed;

noreturn void __wrap_report_fail(struct report *report, enum property property, const char *format,
                                 ...);
noreturn void __wrap_report_fail(struct report *report, enum property property, const char *format,
                                 ...)
{
    (void)format;
    report->failures[property] = 1;
    longjmp(failed, 1);
}

static void look(struct check *check, const struct image_file *image,
                 const struct check_sources *sources, struct report *report)
{
    if (setjmp(failed) == 0) {
        check_run(check, image, sources, report);
    }
}

static void put_checksums(struct plan *plan)
{
    const uint8_t *bytes = (const uint8_t *)plan;
    size_t start = offsetof(struct plan, total_size);

    plan->body_checksum = checksum(bytes + PLAN_HEAD_SIZE, plan->total_size - PLAN_HEAD_SIZE);
    plan->head_checksum = checksum(bytes + start, PLAN_HEAD_SIZE - start);
}

static const char *verdict(struct image_file *image, const struct check_sources *sources)
{
    static struct report report;
    static struct check check;
    char why[IMAGE_FILE_WHY_SIZE];

    memset(&report, 0, sizeof(report));
    if (!image_file_parse(image, why)) {
        return property_id(PROPERTY_IMAGE_ELF);
    }
    struct plan *plan = plan_bytes(image);
    uint64_t head = plan != NULL ? plan->head_checksum : 0;
    uint64_t body = plan != NULL ? plan->body_checksum : 0;
    if (plan != NULL) {
        put_checksums(plan);
    }
    look(&check, image, sources, &report);
    check_free(&check);
    if (plan != NULL) {
        plan->head_checksum = head;
        plan->body_checksum = body;
    }
    for (unsigned i = 0; i < PROPERTY_COUNT; i++) {
        if (report.failures[i] != 0) {
            return property_id(i);
        }
    }
    return "passes";
}

static const char *given(const char *word)
{
    return word[0] != 0 ? word : NULL;
}

int main(int argc, char **argv)
{
    static struct check_sources sources;
    struct image_file image;
    char why[IMAGE_FILE_WHY_SIZE];
    char line[LINE_SIZE];
    struct edit edits[EDITS_MAX];

    if (argc != 6 || !image_file_read(argv[1], &image, why)) {
        fprintf(stderr, "check-flips: %s\n",
                argc != 6 ? "IMAGE ENGINE BOARD SYSTEM DATA are needed" : why);
        return 2;
    }
    const struct check_against against = {.engine = given(argv[2]),
                                          .board = given(argv[3]),
                                          .system = given(argv[4]),
                                          .data = given(argv[5])};
    if (!check_sources_open(&against, &(struct plan){0}, &sources)) {
        return 2;
    }
    while (fgets(line, sizeof(line), stdin) != NULL) {
        size_t count = read_edits(line, image.size, edits);
        apply(&image, edits, count);
        puts(verdict(&image, &sources));
        apply(&image, edits, count);
    }
    return 0;
}
