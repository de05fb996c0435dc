/* SPDX-License-Identifier: Apache-2.0 */
/* nagaya check: an image and what it is compared with, and how the result is shown. The command is
 * in check_command.c.
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "check_context.h"
#include "check_sha256.h"
#include "plural.h"

/* A line about each thing that was not given, where it is not. */
static void skip_missing(const struct check_sources *sources, struct report *report)
{
    if (sources->engine == NULL) {
        report_skip(report, PROPERTY_ENGINE_PLACES, PROPERTY_ENGINE_POLICIES,
                    "engine not checked: no file of it; give --engine FILE");
    }
    if (sources->board == NULL) {
        report_skip(report, PROPERTY_BOARD_MACHINE, PROPERTY_BOARD_TREES,
                    "board not checked: give --board");
    }
    if (sources->system == NULL) {
        report_skip(report, PROPERTY_SYSTEM_VMS, PROPERTY_SYSTEM_IMAGES,
                    "what only the system's file says is not checked: give --system FILE");
    }
}

static void print_sum(const struct report *report, const struct image_file *image, const char *path,
                      bool quiet)
{
    char digest[SHA256_TEXT_SIZE];
    unsigned open = report_open_count(report);
    unsigned skipped = report_skipped_count(report);
    unsigned checked = (unsigned)PROPERTY_COUNT - skipped;
    if (!quiet) {
        sha256_text(image->bytes, image->size, digest);
        printf("%s: SHA-256 %s\n", path, digest);
    }
    if (open != 0) {
        printf("%s: %u of %u properties %s not hold or could not be checked\n", path, open, checked,
               plural_word(open, "does", "do"));
    } else if (!quiet && skipped != 0) {
        printf("%s: all %u properties hold that were checked; %u %s not\n", path, checked, skipped,
               plural_word(skipped, "was", "were"));
    } else if (!quiet) {
        printf("%s: all %u properties hold\n", path, checked);
    }
}

static bool check_opened(const struct image_file *image, const struct check_sources *sources,
                         const char *path, bool quiet)
{
    static struct report report;
    struct check check = {0};
    report = (struct report){.checked = PROPERTY_IMAGE_OVERLAP + 1};
    skip_missing(sources, &report);
    bool usable = check_run(&check, image, sources, &report);
    report_print(&report, stdout, quiet);
    if (!quiet && usable) {
        putchar('\n');
        check_residual_print(&check, stdout);
        putchar('\n');
        check_unknown_print(&check, stdout);
        putchar('\n');
    }
    print_sum(&report, image, path, quiet);
    check_free(&check);
    return report_open_count(&report) == 0;
}

int check_image(const char *path, const struct check_against *against, bool quiet)
{
    static struct check_sources sources;
    struct image_file image;
    char why[IMAGE_FILE_WHY_SIZE];
    if (!image_file_read(path, &image, why)) {
        fprintf(stderr, "nagaya check: %s: %s\n", path, why);
        return CHECK_UNREADABLE;
    }
    if (image_file_is_another_kind(&image, path, "check")) {
        image_file_close(&image);
        return CHECK_UNREADABLE;
    }
    if (!image_file_parse(&image, why)) {
        fprintf(stderr, "nagaya check: %s is no image, or a damaged one: %s\n", path, why);
        image_file_close(&image);
        return CHECK_UNREADABLE;
    }
    int result = CHECK_UNREADABLE;
    struct plan head;
    image_file_copy(&image, image.plan_pa, &head, sizeof(head));
    if (check_sources_open(against, &head, &sources)) {
        result = check_opened(&image, &sources, path, quiet) ? CHECK_HOLDS : CHECK_FAILS;
    }
    check_sources_close(&sources);
    image_file_close(&image);
    return result;
}
