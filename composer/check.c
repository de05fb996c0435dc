/* SPDX-License-Identifier: Apache-2.0 */
/* nagaya check: the command. */
#include "check.h"

#include <getopt.h>
#include <stdio.h>

#include "check_context.h"

static const char usage[] = "usage: nagaya check [-q] IMAGE\n"
                            "Shows of a finished image, from its bytes alone, that it keeps its VMs apart.\n"
                            "  -q, --quiet   print only what does not hold\n"
                            "  -h, --help    print this\n"
                            "Exit status: 0 all properties hold, 1 some don't, 2 the file can't be read.\n";

static void print_result(const struct check *check, const struct report *report, bool usable, const char *path,
                         bool quiet)
{
    report_print(report, stdout, quiet);
    unsigned open = report_open_count(report);
    if (!quiet && usable) {
        putchar('\n');
        check_residual_print(check, stdout);
        putchar('\n');
    }
    if (open != 0) {
        printf("%s: %u of %u properties do not hold or could not be checked\n", path, open, (unsigned)PROPERTY_COUNT);
    } else if (!quiet) {
        printf("%s: all %u properties hold\n", path, (unsigned)PROPERTY_COUNT);
    }
}

int check_image(const char *path, bool quiet)
{
    struct image_file image;
    char why[IMAGE_FILE_WHY_SIZE];
    if (!image_file_read(path, &image, why)) {
        fprintf(stderr, "nagaya check: %s: %s\n", path, why);
        return CHECK_UNREADABLE;
    }
    static struct report report;
    struct check check = {0};
    report = (struct report){.checked = PROPERTY_IMAGE_ELF + 1};
    bool usable = false;
    if (image_file_parse(&image, why)) {
        report.checked = PROPERTY_IMAGE_OVERLAP + 1;
        usable = check_run(&check, &image, &report);
    } else {
        report_fail(&report, PROPERTY_IMAGE_ELF, "%s", why);
    }
    print_result(&check, &report, usable, path, quiet);
    check_free(&check);
    image_file_close(&image);
    return report_open_count(&report) == 0 ? CHECK_HOLDS : CHECK_FAILS;
}

int check_command(int argc, char **argv)
{
    static const struct option options[] = {
        {"quiet", no_argument, NULL, 'q'},
        {"help",   no_argument, NULL, 'h'},
        {0      },
    };
    bool quiet = false;
    optind = 0; /* start anew: the caller may have used getopt itself */
    for (int option; (option = getopt_long(argc, argv, "qh", options, NULL)) != -1;) {
        switch (option) {
        case 'q':
            quiet = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return CHECK_HOLDS;
        default:
            fputs(usage, stderr);
            return CHECK_UNREADABLE;
        }
    }
    if (optind + 1 != argc) {
        fputs(usage, stderr);
        return CHECK_UNREADABLE;
    }
    return check_image(argv[optind], quiet);
}
